/** The bytes of a message or of an HTTP body exactly as they crossed, whole or in ranges. */
import { isPacked } from "@inspector/session/body";
import type { Queries } from "@inspector/session/queries";
import { errorAnswer, type PageAnswer } from "./page-answer.ts";

/** Most bytes one request is answered with, whatever range it asks for. */
const MAX_BYTES_ANSWERED = 16 * 1024 * 1024;

export type Wanted = {
  /** The Range header. */
  readonly range?: string | undefined;
  readonly isHeadOnly: boolean;
};

/** A body by its number, and how many bytes it has. */
export type StoredBody = { readonly body: number; readonly size: number };

/** @param stored undefined where there is nothing, in no bytes */
export function bytesAnswer(
  queries: Queries,
  wanted: Wanted,
  stored: StoredBody | undefined,
  filename: string,
): PageAnswer {
  const size = stored?.size ?? 0;
  const range = rangeOf(wanted.range, size);
  if (range === undefined) {
    const refusal = errorAnswer(416, "range", `It has ${size} bytes`);
    return { ...refusal, headers: { ...refusal.headers, "content-range": `bytes */${size}` } };
  }
  const end = Math.min(range.end, range.start + MAX_BYTES_ANSWERED);
  const isPart = end - range.start < size;
  const headers = {
    "content-type": "application/octet-stream",
    "content-disposition": `attachment; filename="${filename}"`,
    "content-length": end - range.start,
    "accept-ranges": "bytes",
    ...(isPart && { "content-range": `bytes ${range.start}-${end - 1}/${size}` }),
  };
  const status = isPart ? 206 : 200;
  if (stored === undefined || wanted.isHeadOnly) {
    return { status, headers };
  }
  const bytes = queries.bodyBytes(stored.body, range.start, end);
  // An answer may move to another thread with its buffer, which is all of the pack where a message stands alone in it.
  return { status, headers, body: isPacked(stored.body) ? bytes.slice() : bytes };
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
