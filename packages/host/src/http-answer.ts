import {
  type InvocationResponse,
  type RpcHttp,
  type RpcHttpCookie,
  RpcHttpCookie_SameSite,
  type TypedData,
} from "@inspector/proto";
import type { FunctionInfo } from "./functions.ts";
import { contentOf } from "./typed-data.ts";

export type HttpAnswer = {
  readonly status: number;
  readonly headers: ReadonlyArray<readonly [string, string]>;
  readonly body: Uint8Array;
};

/**
 * What the client of an http trigger gets for a successful invocation: the value of the app's http output (which is
 * `$return` or has a name), 200 for a value that is no http response, and 204 for none.
 */
export function createHttpAnswer(info: FunctionInfo, response: InvocationResponse): HttpAnswer {
  const value = chooseResult(info, response);
  if (value?.data.case === "http") {
    return fromRpcHttp(value.data.value);
  }
  const content = contentOf(value);
  if (content === undefined) {
    return { status: 204, headers: [], body: new Uint8Array() };
  }
  return { status: 200, headers: [["content-type", content.mediaType]], body: content.bytes };
}

function chooseResult(info: FunctionInfo, response: InvocationResponse): TypedData | undefined {
  const output = info.bindings.find(({ type, direction }) => direction !== "in" && type.toLowerCase() === "http");
  const named = response.outputData.find(({ name }) => name === output?.name)?.rpcData;
  return named?.case === "data" ? named.value : response.returnValue;
}

function fromRpcHttp(http: RpcHttp): HttpAnswer {
  const status = Number.parseInt(http.statusCode, 10);
  const given = Object.entries(http.headers);
  const nullable = Object.entries(http.nullableHeaders).map(
    ([name, { string }]) => [name, string.value ?? ""] as const,
  );
  const headers = given.length > 0 ? given : nullable;
  const content = contentOf(http.body);
  const hasType = headers.some(([name]) => name.toLowerCase() === "content-type");
  return {
    status: status >= 100 && status <= 599 ? status : 200,
    headers: [
      ...headers.filter(([name]) => !isFraming(name)),
      ...(content !== undefined && content.bytes.length > 0 && !hasType
        ? [["content-type", content.mediaType] as const]
        : []),
      ...http.cookies.map((cookie) => ["set-cookie", formatCookie(cookie)] as const),
    ],
    body: content?.bytes ?? new Uint8Array(),
  };
}

/** Framing is between the front door and its client; a function that copied these from elsewhere would break it. */
function isFraming(name: string): boolean {
  return ["content-length", "transfer-encoding", "connection", "keep-alive"].includes(name.toLowerCase());
}

const SAME_SITE: Readonly<Record<number, string>> = {
  [RpcHttpCookie_SameSite.Lax]: "lax",
  [RpcHttpCookie_SameSite.Strict]: "strict",
  [RpcHttpCookie_SameSite.ExplicitNone]: "none",
};

/** Set-Cookie as the host writes it: value percent-encoded, path "/" unless given. */
export function formatCookie(cookie: RpcHttpCookie): string {
  const parts = [`${cookie.name}=${encodeURIComponent(cookie.value)}`];
  const expires = cookie.expires?.timestamp.value;
  if (expires !== undefined) {
    parts.push(`expires=${new Date(Number(expires.seconds) * 1000 + expires.nanos / 1e6).toUTCString()}`);
  }
  if (cookie.maxAge?.double.value !== undefined) {
    parts.push(`max-age=${Math.trunc(cookie.maxAge.double.value)}`);
  }
  if (cookie.domain?.string.value) {
    parts.push(`domain=${cookie.domain.string.value}`);
  }
  parts.push(`path=${cookie.path?.string.value || "/"}`);
  if (cookie.secure?.bool.value === true) {
    parts.push("secure");
  }
  const sameSite = SAME_SITE[cookie.sameSite];
  if (sameSite !== undefined) {
    parts.push(`samesite=${sameSite}`);
  }
  if (cookie.httpOnly?.bool.value === true) {
    parts.push("httponly");
  }
  return parts.join("; ");
}
