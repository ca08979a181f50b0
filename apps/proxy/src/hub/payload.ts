import { isEventStream } from "@inspector/proto";
import { MAX_DECODED_BYTES, type Queries, type ReadPayload } from "@inspector/session";
import { decompress } from "./decompress.ts";

/** Reads messages of the event stream of at most `limit` bytes in one piece, opening those that crossed compressed. */
export function createReadPayload(queries: Queries, limit: number = MAX_DECODED_BYTES): ReadPayload {
  return (seq) => {
    const row = queries.message(seq);
    const origin = queries.origin(seq);
    if (row === undefined || origin === undefined || !isEventStream(origin.path)) return undefined;
    if (row.isBodyDropped || row.isTruncated || row.size > limit) return undefined;
    const stored = queries.bodyBytes(origin.body, 0, row.size);
    return row.isCompressed ? decompress(stored, origin.encoding, limit) : stored;
  };
}
