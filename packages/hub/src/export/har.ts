/** Invocations of http triggers as HAR 1.2, for browsers and proxies: http://www.softwareishard.com/blog/har-12-spec/ */
import { STATUS_CODES } from "node:http";
import { setImmediate as letSignalsIn } from "node:timers/promises";
import type { HttpLeg, InvocationRow } from "@inspector/contract/page";
import { visibleJson } from "@inspector/contract/visible-text";
import { decodeUtf8, type RpcHttp, type StreamingMessage, type TypedData } from "@inspector/proto";
import { type ExportSource, invocationPages } from "./export-source.ts";
import type { Sink } from "./sink.ts";

type Pair = { readonly name: string; readonly value: string };

/** One side of an exchange, from wherever it crossed. */
type Half = { readonly headers: readonly Pair[]; readonly body: Uint8Array | undefined };
type Request = Half & { readonly method: string; readonly url: string };
type Response = Half & { readonly status: number; readonly statusText: string };

/** Larger bodies are named by their size only. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** Writes an entry for each invocation that began with a request. @returns how many */
export async function writeHar(output: Sink, source: ExportSource): Promise<number> {
  const creator = { name: "inspector", version: source.by };
  await output.write(`{"log":{"version":"1.2","creator":${JSON.stringify(creator)},"entries":[`);
  let count = 0;
  for (const rows of invocationPages(source)) {
    for (const row of rows) {
      const entry = entryOf(source, row);
      if (entry !== undefined) {
        await output.write(`${count === 0 ? "" : ","}\n${visibleJson(JSON.stringify(entry))}`);
        count += 1;
      }
    }
    await letSignalsIn();
  }
  await output.write("\n]}}\n");
  return count;
}

function entryOf(source: ExportSource, row: InvocationRow): unknown {
  const detail = source.invocations.detail(row.id);
  const leg = detail?.http;
  const request = leg === undefined ? requestOf(source.decoded(detail?.request)) : requestOfLeg(source, leg);
  if (request === undefined || row.startedAt === undefined) {
    return undefined;
  }
  const response = leg === undefined ? responseOf(source.decoded(detail?.response)) : responseOfLeg(source, leg);
  const time = (row.duration ?? 0) / 1e6;
  return {
    startedDateTime: new Date(source.startedAt + row.startedAt / 1e6).toISOString(),
    time,
    request: {
      method: request.method,
      url: request.url,
      httpVersion: "HTTP/1.1",
      cookies: cookiesOf(request.headers),
      headers: request.headers,
      queryString: queryOf(request.url),
      ...(request.body !== undefined && { postData: contentOf(request, "text") }),
      headersSize: -1,
      bodySize: request.body?.length ?? 0,
    },
    response: {
      status: response?.status ?? 0,
      statusText: response?.statusText ?? "",
      httpVersion: "HTTP/1.1",
      cookies: [],
      headers: response?.headers ?? [],
      content: { size: response?.body?.length ?? 0, ...contentOf(response ?? NOTHING, "base64") },
      redirectURL: response?.headers.find(({ name }) => name.toLowerCase() === "location")?.value ?? "",
      headersSize: -1,
      bodySize: response === undefined ? -1 : (response.body?.length ?? 0),
    },
    cache: {},
    timings: { send: 0, wait: time, receive: 0 },
    comment: [row.functionName, row.invocationId, row.state].filter((part) => part !== undefined).join(" "),
  };
}

const NOTHING: Half = { headers: [], body: undefined };

/** `postData` has no place for bytes that are no text; `content` has. */
function contentOf({ headers, body }: Half, otherwise: "text" | "base64"): Record<string, unknown> {
  const type = headers.find(({ name }) => name.toLowerCase() === "content-type")?.value ?? "application/octet-stream";
  if (body === undefined || body.length > MAX_BODY_BYTES) {
    return { mimeType: type, ...(otherwise === "text" && { text: "" }) };
  }
  const text = decodeUtf8(body);
  if (!text.includes("\ufffd")) {
    return { mimeType: type, text };
  }
  const base64 = Buffer.from(body).toString("base64");
  return otherwise === "text"
    ? { mimeType: type, text: base64, comment: "base64" }
    : { mimeType: type, text: base64, encoding: "base64" };
}

function requestOf(message: StreamingMessage | undefined): Request | undefined {
  if (message?.content.case !== "invocationRequest") {
    return undefined;
  }
  const http = message.content.value.inputData.flatMap(({ rpcData }) =>
    rpcData.case === "data" ? (httpOf(rpcData.value) ?? []) : [],
  )[0];
  return http && { method: http.method, url: writtenUrl(http.url), headers: headersOf(http), body: bodyOf(http) };
}

function responseOf(message: StreamingMessage | undefined): Response | undefined {
  if (message?.content.case !== "invocationResponse") {
    return undefined;
  }
  const { returnValue, outputData } = message.content.value;
  const values = [
    returnValue,
    ...outputData.map(({ rpcData }) => (rpcData.case === "data" ? rpcData.value : undefined)),
  ];
  const http = values.flatMap((value) => httpOf(value) ?? [])[0];
  if (http === undefined) {
    return undefined;
  }
  const status = Number(http.statusCode) || 200;
  return { status, statusText: STATUS_CODES[status] ?? "", headers: headersOf(http), body: bodyOf(http) };
}

function httpOf(value: TypedData | undefined): RpcHttp | undefined {
  return value?.data.case === "http" ? value.data.value : undefined;
}

function headersOf({ headers, nullableHeaders }: RpcHttp): Pair[] {
  const nullable = Object.entries(nullableHeaders).map(([name, { string }]): [string, string] => [
    name,
    string.case === "value" ? string.value : "",
  ]);
  return [...Object.entries(headers), ...nullable].map(([name, value]) => ({ name, value }));
}

function bodyOf({ body, rawBody }: RpcHttp): Uint8Array | undefined {
  return bytesOf(rawBody) ?? bytesOf(body);
}

function bytesOf(value: TypedData | undefined): Uint8Array | undefined {
  switch (value?.data.case) {
    case "bytes":
    case "stream":
      return value.data.value;
    case "string":
    case "json":
      return Buffer.from(value.data.value);
    case "int":
    case "double":
      return Buffer.from(String(value.data.value));
    default:
      return undefined;
  }
}

function requestOfLeg(source: ExportSource, { id, request }: HttpLeg): Request {
  const headers = request.headers.map(([name, value]) => ({ name, value }));
  const host = headers.find(({ name }) => name.toLowerCase() === "host")?.value ?? "localhost";
  const url = /^https?:\/\//iu.test(request.target) ? request.target : `http://${host}${request.target}`;
  return { method: request.method, url: writtenUrl(url), headers, body: legBody(source, id, "request", request.size) };
}

function responseOfLeg(source: ExportSource, { id, response }: HttpLeg): Response | undefined {
  return (
    response && {
      status: response.status,
      statusText: response.reason,
      headers: response.headers.map(([name, value]) => ({ name, value })),
      body: legBody(source, id, "response", response.size),
    }
  );
}

function legBody(
  source: ExportSource,
  leg: number,
  part: "request" | "response",
  size: number,
): Uint8Array | undefined {
  const body = source.invocations.httpLegs.body(leg, part);
  return body === undefined || size === 0 || size > MAX_BODY_BYTES
    ? undefined
    : source.queries.bodyBytes(body, 0, size);
}

/** A placeholder is no part of an address as it stands. */
function writtenUrl(url: string): string {
  const base = /^[a-z][a-z0-9+.-]*:/iu.test(url) ? url : `http://localhost${url.startsWith("/") ? "" : "/"}${url}`;
  return base.replaceAll(/[^\x21-\x7e]/gu, (character) => encodeURIComponent(wellFormed(character)));
}

/** Half a surrogate pair cannot be encoded. */
function wellFormed(character: string): string {
  return /[\ud800-\udfff]/u.test(character) ? "\ufffd" : character;
}

function queryOf(url: string): Pair[] {
  const at = url.indexOf("?");
  return at < 0 ? [] : [...new URLSearchParams(url.slice(at + 1))].map(([name, value]) => ({ name, value }));
}

function cookiesOf(headers: readonly Pair[]): Pair[] {
  const cookie = headers.find(({ name }) => name.toLowerCase() === "cookie")?.value ?? "";
  return cookie
    .split(/;\s*/u)
    .filter((pair) => pair.includes("="))
    .map((pair) => ({ name: pair.slice(0, pair.indexOf("=")), value: pair.slice(pair.indexOf("=") + 1) }));
}
