import type { HttpLeg, ReplayHttpRequest } from "@inspector/session";
import { type JsonRecord, readPairs, readRecord, readText } from "../detail/reading.ts";
import { bytesOfText } from "./typed-text.ts";

/** A request that went over HTTP beside the stream, in the form of an RpcHttp, which is what the form edits. */
export function toHttpForm(request: ReplayHttpRequest, body: string): JsonRecord {
  const { method, target } = request;
  const query = Object.fromEntries(new URLSearchParams(/\?(.*)/s.exec(target)?.[1] ?? ""));
  return { http: { method, url: target, query, headers: headerMap(request), body: { bytes: request.body ?? body } } };
}

/**
 * What the form says now.
 * @param before what was edited; headers that stand several times stay so where no header was touched
 * @param body the recorded body in base64, which needs not be told
 */
export function fromHttpForm(data: unknown, before: ReplayHttpRequest, body: string): ReplayHttpRequest {
  const http = readRecord(readRecord(data)["http"]);
  const headers = readPairs(http["headers"]);
  const isSame = JSON.stringify(Object.fromEntries(headers)) === JSON.stringify(headerMap(before));
  const next = bodyOf(readRecord(http["body"]));
  return {
    method: readText(http["method"]) ?? "",
    target: readText(http["url"]) ?? "",
    headers: isSame ? before.headers : headers,
    ...(next !== body && { body: next }),
  };
}

export function isSameRequest(one: ReplayHttpRequest, { request }: HttpLeg): boolean {
  const { method, target, headers } = request;
  const isHeadSame = one.method === method && one.target === target;
  return isHeadSame && one.body === undefined && JSON.stringify(one.headers) === JSON.stringify(headers);
}

/** As bytes, whatever kind of value was chosen for it. */
function bodyOf(data: JsonRecord): string {
  const [name, value] = Object.entries(data)[0] ?? ["bytes", ""];
  return name === "bytes" ? String(value) : bytesOfText(String(value));
}

function headerMap({ headers }: ReplayHttpRequest): Readonly<Record<string, string>> {
  return Object.fromEntries(headers);
}
