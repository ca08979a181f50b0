/** Messages that the relay itself sent, from the events that hold their bytes. */

import type { ReplayMark } from "@inspector/contract/intervention";
import { BODY_PART_BYTES } from "@inspector/filter/bodies";
import { joinBytes } from "@inspector/proto";
import type { Writer } from "@inspector/session/writer";
import { type MessageTools, type OpenMessage, type StoredMessage, storeMessage, storePart } from "./message-ingest.ts";

/** A message of which not all has been read. It survives a restart as part of its connection's state. */
export type OpenInjection = {
  readonly stored: OpenMessage | undefined;
  /** What does not fill a part yet: all parts of a body but the last have one size, events have any. */
  readonly tail: Uint8Array;
  readonly replay: ReplayMark | undefined;
};

/** Takes bytes of a message of which more will come. */
export function openInjection(
  writer: Writer,
  before: OpenInjection | undefined,
  bytes: Uint8Array,
  replay: ReplayMark | undefined,
): OpenInjection {
  let stored = before?.stored;
  let tail = before === undefined ? bytes : joinBytes([before.tail, bytes]);
  for (; tail.length > BODY_PART_BYTES; tail = tail.subarray(BODY_PART_BYTES)) {
    stored = storePart(writer, stored, tail.subarray(0, BODY_PART_BYTES));
  }
  return { stored, tail: Uint8Array.from(tail), replay: replay ?? before?.replay };
}

/** @returns the message like one that crossed */
export function storeInjection(
  writer: Writer,
  tools: MessageTools,
  { stored, tail }: OpenInjection,
  path: string,
): StoredMessage {
  const offset = stored?.stored ?? 0;
  const part = {
    stream: 0,
    side: "host" as const,
    compressed: false,
    encoding: undefined,
    length: offset + tail.length,
    offset,
    bytes: tail,
    last: true,
    truncated: false,
  };
  return storeMessage(writer, tools, stored, part, path);
}
