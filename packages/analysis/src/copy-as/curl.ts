import { encodeUtf8, messageFromJson, type RpcHttp, type TypedData } from "@inspector/proto";
import { argumentText, quoteArgument, writeBytes } from "./shell.ts";

/** Headers that curl sets itself. */
const CURLS_OWN = new Set(["content-length", "transfer-encoding", "connection"]);

const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

/**
 * The curl command that sends the HTTP request which an InvocationRequest is about, secrets included.
 *
 * Undefined where there is none in the message: another trigger, or a body and head that travelled over HTTP (HttpUri).
 * @param message {@link MessageDetail.message}
 */
export function copyAsCurl(message: unknown): string | undefined {
  const request = httpRequestOf(message);
  if (request === undefined || !/^https?:\/\//i.test(request.url)) {
    return undefined;
  }
  const body = bodyOf(request);
  const text = body === undefined ? undefined : argumentText(body);
  const data = body === undefined ? [] : text === undefined ? ["--data-binary", "@-"] : ["--data-raw", text];
  const words = ["curl", ...methodWords(request.method, body !== undefined), ...urlWords(request.url)];
  const command = [...words, ...headerWords(request, body !== undefined), ...data].map(quoteArgument).join(" ");
  return `${body === undefined || text !== undefined ? command : writeBytes(body, command)}\n`;
}

function httpRequestOf(message: unknown): RpcHttp | undefined {
  const parsed = messageFromJson(message);
  if (!parsed.ok || parsed.message.content.case !== "invocationRequest") {
    return undefined;
  }
  for (const { rpcData } of parsed.message.content.value.inputData) {
    if (rpcData.case === "data" && rpcData.value.data.case === "http") {
      return rpcData.value.data.value;
    }
  }
  return undefined;
}

/** `rawBody` is the text that was sent, where `body` is a parsed form of it. An empty body is none. */
function bodyOf({ body, rawBody }: RpcHttp): Uint8Array | undefined {
  const isExact = body?.data.case === "bytes" || body?.data.case === "stream";
  const bytes = isExact ? bytesOf(body) : (bytesOf(rawBody) ?? bytesOf(body));
  return bytes === undefined || bytes.length === 0 ? undefined : bytes;
}

function bytesOf(value: TypedData | undefined): Uint8Array | undefined {
  switch (value?.data.case) {
    case "bytes":
    case "stream":
      return value.data.value;
    case "string":
    case "json":
      return encodeUtf8(value.data.value);
    default:
      return undefined;
  }
}

/** What curl does by itself goes unsaid. HEAD has a flag of its own: by `-X` curl would wait for a body. */
function methodWords(method: string, hasBody: boolean): string[] {
  if (method === "HEAD" && !hasBody) {
    return ["--head"];
  }
  const own = hasBody ? "POST" : "GET";
  return method === "" || method === own ? [] : ["-X", method];
}

/** curl expands brackets and braces in a URL unless `--globoff` is given. */
function urlWords(url: string): string[] {
  return /[[\]{}]/.test(url) ? ["--globoff", url] : [url];
}

function headerWords(request: RpcHttp, hasBody: boolean): string[] {
  const headers = headersOf(request);
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  // Without one, curl would call any body a form.
  const noType = hasBody && !names.has("content-type") ? ["-H", "Content-Type:"] : [];
  const compressed = names.has("accept-encoding") ? ["--compressed"] : [];
  return [...headers.flatMap(([name, value]) => ["-H", headerWord(name, value)]), ...noType, ...compressed];
}

function headersOf({ headers, nullableHeaders, url }: RpcHttp): [name: string, value: string][] {
  const nullable = Object.entries(nullableHeaders).map(([name, { string }]) => [name, string.value ?? ""] as const);
  const authority = /^https?:\/\/(?:[^/?#@]*@)?([^/?#]*)/i.exec(url)?.[1] ?? "";
  return [...Object.entries(headers), ...nullable]
    .filter(([name]) => TOKEN.test(name) && !CURLS_OWN.has(name.toLowerCase()))
    .filter(([name, value]) => name.toLowerCase() !== "host" || value.toLowerCase() !== authority.toLowerCase())
    .map(([name, value]) => [name, value.replace(/[\r\n]+/g, " ").trim()]);
}

/** curl takes "Name:" for "leave it out" and "Name;" for an empty value. */
function headerWord(name: string, value: string): string {
  return value === "" ? `${name};` : `${name}: ${value}`;
}
