/** The bytes of a message or of an HTTP body exactly as they crossed, whole or in ranges. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Seq } from "@inspector/contract/page";
import type { Queries } from "@inspector/session/queries";
import { sendError } from "./answers.ts";

/** Most bytes one request is answered with, whatever range it asks for. */
const MAX_BYTES_ANSWERED = 16 * 1024 * 1024;

/** @returns false where there is no such message */
export function sendBytes(queries: Queries, request: IncomingMessage, response: ServerResponse, seq: Seq): boolean {
  const row = queries.message(seq);
  const origin = queries.origin(seq);
  if (row === undefined || origin === undefined) {
    return false;
  }
  const stored = row.isBodyDropped ? undefined : { body: origin.body, size: row.size };
  send(queries, request, response, stored, `message-${seq}.bin`);
  return true;
}

/** @param body the number of a body of HTTP or of shared memory; of undefined there is nothing, in no bytes */
export function sendBody(
  queries: Queries,
  request: IncomingMessage,
  response: ServerResponse,
  body: number | undefined,
  filename: string,
): void {
  const stored = body === undefined ? undefined : { body, size: queries.bodySize(body) };
  send(queries, request, response, stored, filename);
}

function send(
  queries: Queries,
  request: IncomingMessage,
  response: ServerResponse,
  stored: { readonly body: number; readonly size: number } | undefined,
  filename: string,
): void {
  const size = stored?.size ?? 0;
  const range = rangeOf(request.headers.range, size);
  if (range === undefined) {
    response.setHeader("content-range", `bytes */${size}`);
    sendError(response, 416, "range", `It has ${size} bytes`);
    return;
  }
  const end = Math.min(range.end, range.start + MAX_BYTES_ANSWERED);
  const isPart = end - range.start < size;
  response.writeHead(isPart ? 206 : 200, {
    "content-type": "application/octet-stream",
    "content-disposition": `attachment; filename="${filename}"`,
    "content-length": end - range.start,
    "accept-ranges": "bytes",
    ...(isPart && { "content-range": `bytes ${range.start}-${end - 1}/${size}` }),
  });
  const isWanted = stored !== undefined && request.method !== "HEAD";
  response.end(isWanted ? queries.bodyBytes(stored.body, range.start, end) : undefined);
}

/**
 * The whole where no range is asked for, or one that cannot be read; undefined for one that cannot be given. `end` is
 * exclusive.
 * @see RFC 9110, 14.2
 */
function rangeOf(header: string | undefined, size: number): { start: number; end: number } | undefined {
  const [, first = "", last = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/u.exec(header ?? "") ?? [];
  if (first === "" && last === "") {
    return { start: 0, end: size };
  }
  const isSuffix = first === "";
  const start = isSuffix ? Math.max(size - Number(last), 0) : Number(first);
  const end = isSuffix || last === "" ? size : Math.min(Number(last) + 1, size);
  return start < end ? { start, end } : undefined;
}
