/** The bytes of a message exactly as it crossed, whole or in ranges. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Queries, Seq } from "@inspector/session";
import { sendError } from "./answers.ts";

/** Most bytes one request is answered with, whatever range it asks for. */
const MAX_BYTES_ANSWERED = 16 * 1024 * 1024;

/** @returns false where there is no such message */
export function sendBytes(queries: Queries, request: IncomingMessage, response: ServerResponse, seq: Seq): boolean {
  const origin = queries.origin(seq);
  if (origin === undefined) return false;
  const size = queries.bodySize(origin.body);
  const range = rangeOf(request.headers.range, size);
  if (range === undefined) {
    response.setHeader("content-range", `bytes */${size}`);
    sendError(response, 416, "range", `The message has ${size} bytes`);
    return true;
  }
  const end = Math.min(range.end, range.start + MAX_BYTES_ANSWERED);
  const isPart = end - range.start < size;
  response.writeHead(isPart ? 206 : 200, {
    "content-type": "application/octet-stream",
    "content-disposition": `attachment; filename="message-${seq}.bin"`,
    "content-length": end - range.start,
    "accept-ranges": "bytes",
    ...(isPart && { "content-range": `bytes ${range.start}-${end - 1}/${size}` }),
  });
  response.end(request.method === "HEAD" ? undefined : queries.bodyBytes(origin.body, range.start, end));
  return true;
}

/**
 * The whole where no range is asked for, or one that cannot be read; undefined for one that cannot be given. `end` is
 * exclusive.
 * @see RFC 9110, 14.2
 */
function rangeOf(header: string | undefined, size: number): { start: number; end: number } | undefined {
  const [, first = "", last = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/u.exec(header ?? "") ?? [];
  if (first === "" && last === "") return { start: 0, end: size };
  const isSuffix = first === "";
  const start = isSuffix ? Math.max(size - Number(last), 0) : Number(first);
  const end = isSuffix || last === "" ? size : Math.min(Number(last) + 1, size);
  return start < end ? { start, end } : undefined;
}
