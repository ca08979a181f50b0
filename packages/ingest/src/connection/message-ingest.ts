/** From the parts of a gRPC message to its row: where the body is stored and what is read of it. */
import { BODY_PART_BYTES } from "@inspector/filter/bodies";
import { KIND_OTHER_SERVICE } from "@inspector/filter/kinds";
import { FLAG_COMPRESSED, FLAG_DAMAGED, FLAG_TRUNCATED } from "@inspector/filter/message-flags";
import {
  type ByteSource,
  type ExtensionMessage,
  findDamage,
  type IsUtf8,
  isEventStream,
  KIND_UNDECODABLE,
  MAX_ID,
  MAX_TEXT,
  type MessageHead,
  oneLine,
  partOf,
  readExtensionMessage,
  readHead,
} from "@inspector/proto";
import type { Decompress } from "@inspector/session/payload";
import type { Writer } from "@inspector/session/writer";
import type { Side } from "@inspector/wire/frames";
import type { MessagePart } from "@inspector/wire/grpc";

/** What a message is looked into with, where the ingest runs. */
export type MessageTools = {
  readonly decompress: Decompress;
  /** The runtime's own, where it has one: it takes most of the time off a large message. */
  readonly isUtf8?: IsUtf8 | undefined;
};

/** A message of which not everything has come yet. It survives a restart as part of its connection's state. */
export type OpenMessage = { readonly body: number; stored: number };

export type StoredMessage = {
  readonly head: MessageHead;
  readonly kind: number;
  readonly size: number;
  readonly flags: number;
  readonly body: number;
  /** The payload, where it is at hand: whole, not truncated, at most one part, and not compressed any more. */
  readonly payload: Uint8Array | undefined;
  /** Who says such a thing, of a message that tells in the tunnel of extension calls. */
  readonly saidBy?: Side | undefined;
};

const UNREADABLE: MessageHead = { kind: KIND_UNDECODABLE };

/** A compressed message is opened to read its head only up to this size. */
const MAX_INFLATED_BYTES = 8 * BODY_PART_BYTES;

/** A part that completes nothing: stored, and remembered in the result for the next. */
export function storePart(writer: Writer, open: OpenMessage | undefined, bytes: Uint8Array): OpenMessage {
  const message = open ?? { body: writer.bodies.open(), stored: 0 };
  if (bytes.length > 0) {
    writer.bodies.part(message.body, Math.floor(message.stored / BODY_PART_BYTES), bytes);
  }
  message.stored += bytes.length;
  return message;
}

/** The last part of a message, most often the only one. */
export function storeMessage(
  writer: Writer,
  tools: MessageTools,
  open: OpenMessage | undefined,
  part: MessagePart,
  path: string,
): StoredMessage {
  const { body, stored } =
    open === undefined
      ? { body: writer.bodies.whole(part.bytes), stored: part.bytes.length }
      : storePart(writer, open, part.bytes);
  const flags = (part.compressed ? FLAG_COMPRESSED : 0) | (part.truncated ? FLAG_TRUNCATED : 0);
  const size = part.truncated ? stored : part.length;
  if (!isEventStream(path)) {
    const isAtHand = open === undefined && flags === 0;
    const message = isAtHand ? readExtensionMessage(path, part.side === "worker", part.bytes) : undefined;
    const stored = { kind: KIND_OTHER_SERVICE, size, flags, body, payload: undefined };
    return { ...stored, head: headOf(message), saidBy: message?.saidBy };
  }
  if (part.compressed) {
    const payload = open === undefined ? tools.decompress(part.bytes, part.encoding, MAX_INFLATED_BYTES) : undefined;
    const head = payload === undefined ? UNREADABLE : readHead(payload);
    return { head, kind: head.kind, size, flags: withDamage(tools, flags, payload), body, payload };
  }
  const bytes =
    open !== undefined
      ? storedBytes(writer, body, part.length)
      : part.truncated
        ? partOf(part.bytes, part.length)
        : part.bytes;
  const head = readHead(bytes);
  const payload = open === undefined && !part.truncated ? part.bytes : undefined;
  return {
    head,
    kind: head.kind,
    size,
    flags: withDamage(tools, flags, part.truncated ? undefined : bytes),
    body,
    payload,
  };
}

/** @param bytes of which fields of type bytes, the large ones, are jumped over and not read back. */
function withDamage({ isUtf8 }: MessageTools, flags: number, bytes: Uint8Array | ByteSource | undefined): number {
  return bytes === undefined || findDamage(bytes, isUtf8) === undefined ? flags : flags | FLAG_DAMAGED;
}

/** The call within the tunnel takes the place of a request's id: messages of one call are found by it. */
function headOf(message: ExtensionMessage | undefined): MessageHead {
  const { callId, text = "" } = message ?? {};
  return {
    kind: KIND_OTHER_SERVICE,
    ...(callId !== undefined && { requestId: callId.slice(0, MAX_ID) }),
    ...(text !== "" && { text: oneLine(text).slice(0, MAX_TEXT) }),
  };
}

/** Reads a body of `length` bytes back from its parts, of which one at a time is in memory; the end may be missing. */
function storedBytes(writer: Writer, body: number, length: number): ByteSource {
  let cached: { part: number; bytes: Uint8Array } | undefined;
  const partAt = (part: number): Uint8Array => {
    if (cached?.part !== part) {
      cached = { part, bytes: writer.bodies.readPart(body, part) };
    }
    return cached.bytes;
  };
  return {
    length,
    slice(start, end) {
      const first = Math.floor(start / BODY_PART_BYTES);
      const from = start - first * BODY_PART_BYTES;
      const bytes = partAt(first).subarray(from, from + end - start);
      if (bytes.length === end - start || end > length) {
        return bytes;
      }
      const joined = new Uint8Array(end - start);
      joined.set(bytes);
      for (let at = bytes.length; at < joined.length; ) {
        const next = partAt(Math.floor((start + at) / BODY_PART_BYTES)).subarray(0, joined.length - at);
        if (next.length === 0) {
          return joined.subarray(0, at);
        }
        joined.set(next, at);
        at += next.length;
      }
      return joined;
    },
  };
}
