import { isEventStream } from "@inspector/proto";
import { MAX_DECODED_BYTES, type Queries, type ReadPayload } from "@inspector/session";
import { decompress } from "./decompress.ts";

/** Reads messages of the event stream that can be decoded in one piece, opening those that crossed compressed. */
export function createReadPayload(queries: Queries): ReadPayload {
  return (seq) => {
    const row = queries.message(seq);
    const origin = queries.origin(seq);
    if (row === undefined || origin === undefined || !isEventStream(origin.path)) return undefined;
    if (row.isBodyDropped || row.isTruncated || row.size > MAX_DECODED_BYTES) return undefined;
    const stored = queries.bodyBytes(origin.body, 0, row.size);
    return row.isCompressed ? decompress(stored, origin.encoding, MAX_DECODED_BYTES) : stored;
  };
}
