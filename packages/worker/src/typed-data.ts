import {
  type MessageInitShape,
  type ModelBindingData,
  type NullableString,
  type RpcHttp,
  RpcHttpCookie_SameSite,
  type RpcHttpCookieSchema,
  type RpcHttpSchema,
  type TypedData,
  type TypedDataSchema,
} from "@inspector/proto";
import type { CoreCookie, CoreHttp, CoreModelBindingData, CoreNullable, CoreTypedData } from "./core-contract.ts";
import { toSeconds } from "./seconds.ts";

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** A number where that is exact, else the bigint: an id must not silently become its neighbour. */
export function fromInt64(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** TypedData of the stream as the library reads it; an empty one has no member set. */
export function fromTypedData(typed: TypedData): CoreTypedData {
  const { data } = typed;
  switch (data.case) {
    case "string":
      return { string: data.value };
    case "json":
      return { json: data.value };
    case "bytes":
      return { bytes: data.value };
    case "stream":
      return { stream: data.value };
    case "http":
      return { http: fromRpcHttp(data.value) };
    case "int":
      return { int: fromInt64(data.value) };
    case "double":
      return { double: data.value };
    case "collectionBytes":
      return { collectionBytes: { bytes: data.value.bytes } };
    case "collectionString":
      return { collectionString: { string: data.value.string } };
    case "collectionDouble":
      return { collectionDouble: { double: data.value.double } };
    case "collectionSint64":
      return { collectionSint64: { sint64: data.value.sint64.map(fromInt64) } };
    case "modelBindingData":
      return { modelBindingData: fromModelBindingData(data.value) };
    case "collectionModelBindingData":
      return {
        collectionModelBindingData: { modelBindingData: data.value.modelBindingData.map(fromModelBindingData) },
      };
    default:
      return {};
  }
}

function fromModelBindingData(data: ModelBindingData): CoreModelBindingData {
  // Extension packages parse `content` with Buffer's own toString.
  const content = Buffer.from(data.content.buffer, data.content.byteOffset, data.content.byteLength);
  return { version: data.version, source: data.source, contentType: data.contentType, content };
}

/** What the library returns, as TypedData. Only the kinds a worker may send: hosts refuse collections and model data. */
export function toTypedData(core: CoreTypedData): MessageInitShape<typeof TypedDataSchema> {
  if (isSet(core.string)) {
    return { data: { case: "string", value: core.string } };
  }
  if (isSet(core.json)) {
    return { data: { case: "json", value: core.json } };
  }
  if (isSet(core.bytes)) {
    return { data: { case: "bytes", value: core.bytes } };
  }
  if (isSet(core.stream)) {
    return { data: { case: "stream", value: core.stream } };
  }
  if (isSet(core.http)) {
    return { data: { case: "http", value: toRpcHttp(core.http) } };
  }
  if (isSet(core.int)) {
    return toInt(core.int);
  }
  if (isSet(core.double)) {
    return { data: { case: "double", value: core.double } };
  }
  return {};
}

/** The library calls every whole number an int, 1e300 too; beyond 64 bits only a double can carry it. */
function toInt(value: number | bigint): MessageInitShape<typeof TypedDataSchema> {
  const int = BigInt(value);
  if (int < INT64_MIN || int > INT64_MAX) {
    return { data: { case: "double", value: Number(value) } };
  }
  return { data: { case: "int", value: int } };
}

function isSet<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}

/**
 * An http request as the library reads it. The maps are always there, empty or not: the library falls back to the query
 * string of the url only when both query maps are missing, which no host means.
 */
export function fromRpcHttp(http: RpcHttp): CoreHttp {
  return {
    method: http.method,
    url: http.url,
    headers: http.headers,
    query: http.query,
    params: http.params,
    nullableHeaders: fromNullableMap(http.nullableHeaders),
    nullableQuery: fromNullableMap(http.nullableQuery),
    nullableParams: fromNullableMap(http.nullableParams),
    ...(http.body && { body: fromTypedData(http.body) }),
    ...(http.rawBody && { rawBody: fromTypedData(http.rawBody) }),
  };
}

function fromNullableMap(map: Readonly<Record<string, NullableString>>): Record<string, CoreNullable<string>> {
  return Object.fromEntries(
    Object.entries(map).map(([key, { string }]) => [key, string.case === "value" ? { value: string.value } : {}]),
  );
}

/** An http response of the library as the host reads it. */
export function toRpcHttp(http: CoreHttp): MessageInitShape<typeof RpcHttpSchema> {
  return {
    statusCode: http.statusCode ?? "",
    headers: http.headers ?? {},
    cookies: (http.cookies ?? []).map(toRpcCookie),
    enableContentNegotiation: http.enableContentNegotiation ?? false,
    ...(http.body && { body: toTypedData(http.body) }),
  };
}

const sameSiteOf = {
  none: RpcHttpCookie_SameSite.None,
  lax: RpcHttpCookie_SameSite.Lax,
  strict: RpcHttpCookie_SameSite.Strict,
  explicitNone: RpcHttpCookie_SameSite.ExplicitNone,
} as const;

function toRpcCookie(cookie: CoreCookie): MessageInitShape<typeof RpcHttpCookieSchema> {
  const expires = cookie.expires?.value;
  return {
    name: cookie.name ?? "",
    value: cookie.value ?? "",
    sameSite: sameSiteOf[cookie.sameSite ?? "none"],
    ...(cookie.domain && { domain: { string: toValue(cookie.domain.value) } }),
    ...(cookie.path && { path: { string: toValue(cookie.path.value) } }),
    ...(cookie.secure && { secure: { bool: toValue(cookie.secure.value) } }),
    ...(cookie.httpOnly && { httpOnly: { bool: toValue(cookie.httpOnly.value) } }),
    ...(cookie.maxAge && { maxAge: { double: toValue(cookie.maxAge.value) } }),
    ...(expires && { expires: { timestamp: { case: "value", value: toSeconds(expires) } } }),
  };
}

function toValue<T>(value: T | null | undefined): { case: "value"; value: T } | { case: undefined } {
  return value === null || value === undefined ? { case: undefined } : { case: "value", value };
}
