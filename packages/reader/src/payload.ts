import { inlineSharedMemory, type ReadSharedMemory, readWithin } from "@inspector/analysis/replay/inline-memory";
import { MAX_DECODED_BYTES, type Seq } from "@inspector/contract/page";
import { type IsUtf8, isEventStream } from "@inspector/proto";
import type { Decompress, ReadPayload } from "@inspector/session/payload";
import type { Queries } from "@inspector/session/queries";

/** What payloads are read with. */
export type PayloadSource = {
  readonly queries: Queries;
  readonly decompress: Decompress;
  /** The runtime's own, where it has one: it takes most of the time off a large message. */
  readonly isUtf8?: IsUtf8 | undefined;
};

/** Reads messages of the event stream of at most `limit` bytes in one piece, opening those that crossed compressed. */
export function createReadPayload(
  { queries, decompress }: PayloadSource,
  limit: number = MAX_DECODED_BYTES,
): ReadPayload {
  return (seq) => {
    const row = queries.message(seq);
    const origin = queries.origin(seq);
    if (row === undefined || origin === undefined || !isEventStream(origin.path)) {
      return undefined;
    }
    if (row.isBodyDropped || row.isTruncated || row.size > limit) {
      return undefined;
    }
    const stored = queries.bodyBytes(origin.body, 0, row.size);
    return row.isCompressed ? decompress(stored, origin.encoding, limit) : stored;
  };
}

/** As {@link createReadPayload}, with the values that were in shared memory in their places, as far as `limit` allows. */
export function createReadInlined(source: PayloadSource, limit: number = MAX_DECODED_BYTES): ReadPayload {
  const read = createReadPayload(source, limit);
  return (seq) => {
    const bytes = read(seq);
    return bytes && inlineSharedMemory(bytes, createReadSharedMemory(source.queries, seq, limit - bytes.length));
  };
}

/** Reads what was copied of the shared memory that a message names; values of `limit` bytes in all, at most. */
export function createReadSharedMemory(queries: Queries, seq: Seq, limit: number): ReadSharedMemory {
  return readWithin(limit, ({ name, offset, count }) => {
    const copy = queries.sharedMemory.find(seq, name);
    const end = Number(offset + count);
    if (copy === undefined || copy.isDropped || end > copy.stored) {
      return undefined;
    }
    return queries.bodyBytes(copy.body, Number(offset), end);
  });
}
