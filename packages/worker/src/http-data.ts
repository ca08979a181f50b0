import type { MessageInitShape, NullableString, RpcHttp, RpcHttpCookieSchema, RpcHttpSchema } from "@inspector/proto";
import { RpcHttpCookie_SameSite } from "@inspector/proto";
import type { CoreCookie, CoreHttp, CoreNullable } from "./core-contract.ts";
import { toSeconds } from "./seconds.ts";
import { fromTypedData, toTypedData } from "./typed-data.ts";

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
