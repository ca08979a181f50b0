/** What a host sends to a custom handler for an invocation. */
import type { InvocationRequest, RpcHttp, TypedData } from "@inspector/proto";
import type { FunctionInfo } from "./functions.ts";
import type { HandlerSettings } from "./handler-settings.ts";
import { type JsonObject, parseJson } from "./json.ts";
import { contentOf } from "./typed-data.ts";

/** As the real host writes it. */
const HOST_VERSION = "4.1037.0.0";

/** What a trigger hands over for a custom handler: bodies as the bytes that came, and no request among the metadata. */
export const HANDLER_CAPABILITIES: Readonly<Record<string, string>> = {
  RawHttpBodyBytes: "true",
  RpcHttpBodyOnly: "true",
  RpcHttpTriggerMetadataRemoved: "true",
};

export type OutgoingCall = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};

export function isForwarded(
  { bindings }: FunctionInfo,
  { isForwarding }: Pick<HandlerSettings, "isForwarding">,
): boolean {
  const others = bindings.filter(({ type }) => !["httptrigger", "http"].includes(type.toLowerCase()));
  return isForwarding && others.length === 0 && bindings.length <= 2 && bindings.length > 0;
}

export function createHandlerCall(
  info: FunctionInfo,
  request: InvocationRequest,
  settings: Pick<HandlerSettings, "isForwarding" | "isByName">,
): OutgoingCall {
  const own = {
    "X-Azure-Functions-HostVersion": HOST_VERSION,
    "X-Azure-Functions-InvocationId": request.invocationId,
    "User-Agent": `Azure-Functions-Host/${HOST_VERSION}`,
  };
  const byName = `/${encodeURIComponent(info.name)}`;
  const http = httpOf(request, info.trigger.name);
  if (http !== undefined && isForwarded(info, settings)) {
    const url = new URL(http.url);
    const headers = Object.fromEntries(Object.entries(http.headers).filter(([name]) => !isOfConnection(name)));
    return {
      method: http.method,
      path: `${settings.isByName ? byName : url.pathname}${url.search}`,
      headers: { ...headers, ...own },
      body: contentOf(http.body)?.bytes ?? new Uint8Array(),
    };
  }
  const body = Buffer.from(JSON.stringify({ Data: dataOf(request), Metadata: metadataOf(request) }));
  return { method: "POST", path: byName, headers: { ...own, "Content-Type": "application/json; charset=utf-8" }, body };
}

function dataOf({ inputData }: InvocationRequest): JsonObject {
  return Object.fromEntries(
    inputData.map(({ name, rpcData }) => [name, rpcData.case === "data" ? valueOfData(rpcData.value) : null]),
  );
}

function metadataOf({ triggerMetadata, retryContext }: InvocationRequest): JsonObject {
  const metadata = Object.entries(triggerMetadata).map(([name, value]) => [name, valueOfData(value)] as const);
  const retry = retryContext && {
    RetryCount: retryContext.retryCount,
    MaxRetryCount: retryContext.maxRetryCount,
    Exception: retryContext.exception?.message ?? null,
  };
  return { ...Object.fromEntries(metadata), ...(retry && { RetryContext: retry }) };
}

/** Objects as they are, everything else as the text of its JSON, bytes in base64. */
function valueOfData({ data }: TypedData): unknown {
  switch (data.case) {
    case "http":
      return requestObject(data.value);
    case "json": {
      const value = parseJson(data.value);
      return typeof value === "object" && value !== null && !Array.isArray(value) ? value : data.value;
    }
    case "bytes":
    case "stream":
      return Buffer.from(data.value).toString("base64");
    case undefined:
      return null;
    default:
      return JSON.stringify(typeof data.value === "bigint" ? String(data.value) : data.value);
  }
}

function requestObject({ url, method, query, headers, params, body }: RpcHttp): JsonObject {
  const content = contentOf(body);
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
  const isBinary = /^\s*(?:application\/octet-stream|multipart\/)/iu.test(type);
  return {
    Url: url,
    Method: method,
    Query: query,
    Headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    Params: params,
    Identities: [],
    ...(content !== undefined && { Body: Buffer.from(content.bytes).toString(isBinary ? "base64" : "utf8") }),
  };
}

function httpOf({ inputData }: InvocationRequest, trigger: string): RpcHttp | undefined {
  const data = inputData.find(({ name }) => name === trigger)?.rpcData;
  return data?.case === "data" && data.value.data.case === "http" ? data.value.data.value : undefined;
}

/** Between two ends, and not the caller's to pass on. */
function isOfConnection(name: string): boolean {
  return ["connection", "keep-alive", "transfer-encoding", "upgrade", "content-length"].includes(name.toLowerCase());
}
