/** Payloads of a session, compressed ones opened by Node's zlib. */
import * as reader from "@inspector/reader/payload";
import type { ReadPayload } from "@inspector/session/payload";
import type { Queries } from "@inspector/session/queries";
import { decompress } from "./decompress.ts";

/** @see reader.createReadPayload */
export function createReadPayload(queries: Queries, limit?: number): ReadPayload {
  return reader.createReadPayload({ queries, decompress }, limit);
}

/** @see reader.createReadInlined */
export function createReadInlined(queries: Queries, limit?: number): ReadPayload {
  return reader.createReadInlined({ queries, decompress }, limit);
}
