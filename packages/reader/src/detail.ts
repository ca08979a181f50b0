/** One message, opened for somebody who looks at it. */

import { inlineSharedMemory, sharedMemoryIn } from "@inspector/analysis/replay/inline-memory";
import {
  MAX_DECODED_BYTES,
  type MessageDetail,
  type MessageRow,
  type Seq,
  type SharedMemoryCopy,
} from "@inspector/contract/page";
import { decodeMessage, findDamage, isEventStream, messageToJson, readExtensionMessage } from "@inspector/proto";
import type { Queries } from "@inspector/session/queries";
import type { StoredMap } from "@inspector/session/shared-memory";
import { optional } from "@inspector/session/sql-values";
import { createReadSharedMemory, type PayloadSource } from "./payload.ts";
import { findInvocation } from "./settled-invocation.ts";

/** @param isInlined whether values that were in shared memory are to stand in their places, as far as they fit */
export function detailOf(source: PayloadSource, seq: Seq, isInlined = false): MessageDetail | undefined {
  // A value that is not in its place and is said to be copied would be taken for one that never will be.
  return source.queries.atOnce(() => openMessage(source, seq, isInlined));
}

function openMessage(source: PayloadSource, seq: Seq, isInlined: boolean): MessageDetail | undefined {
  const { queries, decompress } = source;
  const row = queries.message(seq);
  const origin = queries.origin(seq);
  if (row === undefined || origin === undefined) {
    return undefined;
  }
  const related = queries.related(seq);
  if (row.isBodyDropped) {
    return { row, related, reason: "the body was given up to keep the session under its size limit" };
  }
  if (!isEventStream(origin.path)) {
    return { row, related, ...describeExtension(source, row, origin) };
  }
  if (row.isTruncated) {
    return { row, related, reason: "the message is cut off: its stream ended before all of it had come" };
  }
  if (row.size > MAX_DECODED_BYTES) {
    return { row, related, reason: "the message is too large to be shown as one document; its bytes are under Raw" };
  }
  const stored = queries.bodyBytes(origin.body, 0, row.size);
  const bytes = row.isCompressed ? decompress(stored, origin.encoding, MAX_DECODED_BYTES) : stored;
  if (bytes === undefined) {
    return {
      row,
      related,
      reason: `the message is compressed (${origin.encoding ?? "unknown encoding"}) and could not be opened`,
    };
  }
  const limit = MAX_DECODED_BYTES - bytes.length;
  const shown = isInlined ? inlineSharedMemory(bytes, createReadSharedMemory(queries, seq, limit)) : bytes;
  const decoded = decodeMessage(shown);
  if (!decoded.ok) {
    return { row, related, reason: decoded.reason };
  }
  const damage = findDamage(bytes, source.isUtf8);
  const memory = sharedMemoryIn(decoded.message).flatMap(({ name }) => copyOf(queries.sharedMemory.find(seq, name)));
  return {
    row,
    related,
    message: messageToJson(decoded.message),
    ...(damage !== undefined && {
      reason: `the message is malformed: ${damage.path || "it"} ${damage.says} (byte ${damage.offset})`,
    }),
    ...(memory.length > 0 && { memory }),
  };
}

type Origin = NonNullable<ReturnType<Queries["origin"]>>;

function describeExtension(
  source: PayloadSource,
  { seq, size, isCompressed, isTruncated, from }: MessageRow,
  { path, body }: Origin,
): Pick<MessageDetail, "extension" | "reason"> {
  const { queries } = source;
  const isAtHand = size <= MAX_DECODED_BYTES && isCompressed !== true && isTruncated !== true;
  const read = isAtHand ? readExtensionMessage(path, from === "worker", queries.bodyBytes(body, 0, size)) : undefined;
  if (read === undefined) {
    return { reason: "the message belongs to another service; its bytes are under Raw" };
  }
  const invocation = read.lockToken === undefined ? undefined : findInvocation(source, seq, read.lockToken);
  return { extension: { name: read.name, message: read.json, ...optional("invocation", invocation) } };
}

function copyOf(map: StoredMap | undefined): SharedMemoryCopy[] {
  if (map === undefined) {
    return [];
  }
  const { body: _, ...copy } = map;
  return [copy];
}
