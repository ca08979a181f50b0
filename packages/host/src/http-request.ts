import type { IncomingMessage } from "node:http";
import { create, type MessageInitShape, RpcClaimsIdentitySchema, type RpcHttpSchema } from "@inspector/proto";
import { createTraceContext, type TriggerInput } from "./invocation-request.ts";
import { parseJson } from "./json.ts";
import { bytesData, jsonData, stringData, type TypedDataInit } from "./typed-data.ts";

/** A request as it came to the front door. */
export type ReceivedRequest = {
  readonly method: string;
  /** Absolute, query included, as the client wrote it. */
  readonly url: string;
  /** In the client's spelling and order; values of one name are joined by commas. */
  readonly headers: ReadonlyMap<string, string>;
  readonly query: ReadonlyMap<string, string>;
  readonly parameters: ReadonlyMap<string, string>;
  /** undefined when the request announces no length, or length 0: the host passes no body on then. */
  readonly body: Buffer | undefined;
};

type RpcHttpInit = MessageInitShape<typeof RpcHttpSchema>;

type Has = (capability: string) => boolean;

/** Turns a request into what an http trigger hands to a worker with these capabilities. */
export function createHttpInput(request: ReceivedRequest, triggerName: string, has: Has): TriggerInput {
  const http = has("HttpUri") ? createProxiedHttp(request, has) : createRpcHttp(request, has);
  const data: TypedDataInit = { data: { case: "http", value: http } };
  const metadata: Record<string, TypedDataInit> = {};
  if (!has("RpcHttpTriggerMetadataRemoved") && !has("HttpUri")) {
    metadata[triggerName] = data;
    metadata["$request"] = data;
  }
  metadata["Query"] = jsonData(Object.fromEntries(request.query));
  metadata["Headers"] = jsonData(Object.fromEntries(request.headers));
  for (const [name, text] of request.parameters) {
    metadata[name] = stringData(text);
  }
  const trace = createTraceContext(headerOf(request, "traceparent"), headerOf(request, "tracestate"));
  return { data, metadata, trace };
}

/** The request itself goes to the worker's own HTTP server; only route parameters may be wanted here. */
function createProxiedHttp(request: ReceivedRequest, has: Has): RpcHttpInit {
  if (!has("RequiresRouteParameters")) {
    return {};
  }
  const isNullable = has("UseNullableValueDictionaryForHttp");
  return isNullable
    ? { nullableParams: toNullable([...request.parameters]) }
    : { params: Object.fromEntries([...request.parameters]) };
}

function createRpcHttp(request: ReceivedRequest, has: Has): RpcHttpInit {
  const isKept = ([, value]: readonly [string, string]): boolean =>
    value !== "" || !has("IgnoreEmptyValuedRpcHttpHeaders");
  const headers = [...request.headers].filter(isKept).map(([name, value]) => [name.toLowerCase(), value] as const);
  const query = [...request.query];
  const parameters = [...request.parameters];
  return {
    method: request.method,
    url: request.url,
    ...(has("UseNullableValueDictionaryForHttp")
      ? {
          nullableHeaders: toNullable(headers),
          nullableQuery: toNullable(query),
          nullableParams: toNullable(parameters),
        }
      : {
          headers: Object.fromEntries(headers),
          query: Object.fromEntries(query),
          params: Object.fromEntries(parameters),
        }),
    ...createBody(request, has),
    identities: [LOCAL_IDENTITY],
  };
}

/** The identity of every caller: on a local host, as with Core Tools, anybody may call everything. */
const LOCAL_IDENTITY = create(RpcClaimsIdentitySchema, {
  authenticationType: nullable("WebJobsAuthLevel"),
  nameClaimType: nullable("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name"),
  roleClaimType: nullable("http://schemas.microsoft.com/ws/2008/06/identity/claims/role"),
  claims: [{ type: "http://schemas.microsoft.com/2017/07/functions/claims/authlevel", value: "Admin" }],
});

function nullable(value: string): { string: { case: "value"; value: string } } {
  return { string: { case: "value", value } };
}

/**
 * The body in the forms the worker wants: as bytes with RawHttpBodyBytes, else as text unless it is binary; and
 * without RpcHttpBodyOnly also parsed, with the unparsed form as rawBody.
 */
function createBody(request: ReceivedRequest, has: Has): Pick<RpcHttpInit, "body" | "rawBody"> {
  const { body } = request;
  if (body === undefined) {
    return {};
  }
  const mediaType = headerOf(request, "content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  const isBinary = mediaType === "application/octet-stream" || mediaType.startsWith("multipart/");
  const areBytesWanted = has("RawHttpBodyBytes");
  const asText = stringData(body.toString("utf8"));
  if (has("RpcHttpBodyOnly")) {
    return { body: areBytesWanted || isBinary ? bytesData(body) : asText };
  }
  const parsed = mediaType === "application/json" ? parseJson(body.toString("utf8")) : undefined;
  return {
    body: isBinary ? bytesData(body) : typeof parsed === "object" && parsed !== null ? jsonData(parsed) : asText,
    rawBody: areBytesWanted ? bytesData(body) : asText,
  };
}

function toNullable(entries: ReadonlyArray<readonly [string, string]>): Record<string, ReturnType<typeof nullable>> {
  return Object.fromEntries(entries.map(([name, value]) => [name, nullable(value)]));
}

export function headerOf(request: ReceivedRequest, name: string): string | undefined {
  for (const [candidate, value] of request.headers) {
    if (candidate.toLowerCase() === name) {
      return value;
    }
  }
  return undefined;
}

/** Reads head and body of a request. `fallbackHost` stands in for a missing Host header. */
export async function receiveRequest(
  incoming: IncomingMessage,
  parameters: ReadonlyMap<string, string>,
  options: { readonly fallbackHost: string; readonly isBodyRead: boolean },
): Promise<ReceivedRequest> {
  const url = `http://${incoming.headers.host ?? options.fallbackHost}${incoming.url ?? "/"}`;
  const hasBody = Number(incoming.headers["content-length"] ?? 0) > 0;
  return {
    method: incoming.method ?? "GET",
    url,
    headers: joinPairs(pairsOf(incoming.rawHeaders), (name) => name.toLowerCase()),
    query: parseQuery(incoming.url ?? ""),
    parameters,
    body: options.isBodyRead && hasBody ? await readBody(incoming) : undefined,
  };
}

export function parseQuery(url: string): ReadonlyMap<string, string> {
  const mark = url.indexOf("?");
  return joinPairs(mark < 0 ? [] : [...new URLSearchParams(url.slice(mark + 1))], (name) => name);
}

/** The whole body. @throws when the client goes away before it is complete */
export async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) {
    chunks.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk)));
  }
  return Buffer.concat(chunks);
}

function pairsOf(rawHeaders: readonly string[]): ReadonlyArray<readonly [string, string]> {
  const pairs: Array<readonly [string, string]> = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    pairs.push([rawHeaders[index] ?? "", rawHeaders[index + 1] ?? ""]);
  }
  return pairs;
}

function joinPairs(
  pairs: ReadonlyArray<readonly [string, string]>,
  keyOf: (name: string) => string,
): ReadonlyMap<string, string> {
  const joined = new Map<string, { name: string; values: string[] }>();
  for (const [name, value] of pairs) {
    const entry = joined.get(keyOf(name));
    if (entry === undefined) {
      joined.set(keyOf(name), { name, values: [value] });
    } else {
      entry.values.push(value);
    }
  }
  return new Map([...joined.values()].map(({ name, values }) => [name, values.join(",")]));
}
