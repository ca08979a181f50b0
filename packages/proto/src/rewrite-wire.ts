/**
 * Rewrites a message where it stands in its bytes. Most messages are as an encoder writes them, and little changes in them: to decode
 * them and to encode them again takes several times as long.
 */
import type { DescMessage } from "@bufbuild/protobuf";
import { WIRE_BIT64, WIRE_LENGTH, WIRE_VARINT } from "./field-cursor.ts";
import { type Place, placeWithin } from "./field-plan.ts";
import { StreamingMessageSchema } from "./gen/FunctionRpc_pb.ts";
import { encodeUtf8 } from "./head-text.ts";
import type { Rewriter } from "./rewrite.ts";
import { type WireField, wirePlanOf } from "./wire-plan.ts";
import { copyBytes, readText, shortLength, writeShort } from "./wire-text.ts";

/** A message is deeper by intention only. */
const MAX_DEPTH = 32;
const TAG_BYTES = 5;
const NOT_PLAIN = -1;

/** What has a length in front of it: a message, an entry of a map, a key, a text, bytes. */
type Part = {
  /** Where its length stands. */
  readonly lengthAt: number;
  readonly start: number;
  readonly end: number;
  /** The message or entry that it is in. */
  readonly parent: Part | undefined;
  /** Of a text or bytes. */
  readonly value: string | Uint8Array | undefined;
  /** Undefined of a key. */
  readonly place: Place | undefined;
  /** What takes its place, where that is something else, and how many bytes that has. A text is one that `writeShort` writes. */
  by: string | Uint8Array | undefined;
  byLength: number;
  /** How much longer all that is in it becomes. */
  growth: number;
};

/**
 * @returns the bytes as they are now, the same array where nothing changed; undefined where only the decoded form can be rewritten, as of
 * a message with fields that the contract lacks or has otherwise, or of numbers that may have to be replaced. Nothing was asked of the
 * rewriter then.
 */
export function rewriteOnWire(bytes: Uint8Array, rewriter: Rewriter): Uint8Array | undefined {
  const message = new PlainMessage(bytes, rewriter);
  return message.read(StreamingMessageSchema, bytes.length, undefined, undefined, 0) ? message.rewritten() : undefined;
}

class PlainMessage {
  readonly #bytes: Uint8Array;
  readonly #rewriter: Rewriter;
  /** In the order in which they begin. */
  readonly #parts: Part[] = [];
  #at = 0;

  constructor(bytes: Uint8Array, rewriter: Rewriter) {
    this.#bytes = bytes;
    this.#rewriter = rewriter;
  }

  /** Reads a message up to `end`. @returns whether it is a plain one */
  read(desc: DescMessage, end: number, parent: Part | undefined, around: Place | undefined, depth: number): boolean {
    const plan = wirePlanOf(desc);
    while (this.#at < end) {
      const tag = this.#varint(end, TAG_BYTES);
      const field = tag < 0 ? undefined : plan[tag >>> 3];
      if (field === undefined || field.wireType !== (tag & 7)) {
        return false;
      }
      if (!this.#readValue(field, end, parent, placeWithin(field.place, around), depth)) {
        return false;
      }
    }
    return this.#at === end;
  }

  #readValue(field: WireField, limit: number, parent: Part | undefined, place: Place, depth: number): boolean {
    if (field.wireType !== WIRE_LENGTH) {
      return this.#skipNumber(field, limit);
    }
    const lengthAt = this.#at;
    const length = this.#varint(limit, TAG_BYTES);
    const start = this.#at;
    const end = start + length;
    if (length < 0 || end > limit) {
      return false;
    }
    if (field.holds === "text" || field.holds === "bytes") {
      this.#at = end;
      return length === 0 || this.#addValue(field.holds, { lengthAt, start, end, parent, place });
    }
    const part = partOf(lengthAt, start, end, parent, undefined, place);
    this.#parts.push(part);
    if (depth >= MAX_DEPTH) {
      return false;
    }
    return field.desc === undefined
      ? this.#readEntry(field, part, place, depth + 1)
      : this.read(field.desc, end, part, place, depth + 1);
  }

  /** Key, then value, each of which may be missing. */
  #readEntry({ value }: WireField, entry: Part, place: Place, depth: number): boolean {
    let key = "";
    if (this.#at < entry.end && this.#bytes[this.#at] === KEY_TAG) {
      this.#at += 1;
      const lengthAt = this.#at;
      const length = this.#varint(entry.end, TAG_BYTES);
      const [start, end] = [this.#at, this.#at + length];
      if (length < 0 || end > entry.end) {
        return false;
      }
      this.#at = end;
      if (length > 0) {
        if (!this.#addValue("text", { lengthAt, start, end, parent: entry, place: undefined })) {
          return false;
        }
        key = textOf(this.#parts.at(-1));
      }
    }
    if (value === undefined || this.#at === entry.end) {
      return this.#at === entry.end;
    }
    const tag = this.#varint(entry.end, 1);
    const isValue = tag >>> 3 === 2 && (tag & 7) === value.wireType;
    return (
      isValue && this.#readValue(value, entry.end, entry, { ...place, name: key }, depth) && this.#at === entry.end
    );
  }

  #addValue(
    holds: "text" | "bytes",
    { lengthAt, start, end, parent, place }: Pick<Part, "lengthAt" | "start" | "end" | "parent" | "place">,
  ): boolean {
    if (place !== undefined && this.#rewriter.keeps(this.#bytes, start, end, place)) {
      return true;
    }
    const value = holds === "text" ? readText(this.#bytes, start, end) : this.#bytes.subarray(start, end);
    if (value !== undefined) {
      this.#parts.push(partOf(lengthAt, start, end, parent, value, place));
    }
    return value !== undefined;
  }

  #skipNumber({ wireType, maxBytes = 0 }: WireField, limit: number): boolean {
    if (wireType === WIRE_VARINT) {
      return this.#varint(limit, maxBytes) !== NOT_PLAIN;
    }
    this.#at += BIT64_BYTES;
    return wireType === WIRE_BIT64 && this.#at <= limit;
  }

  /** Exact below 2^53, which covers tags and lengths. */
  #varint(limit: number, maxBytes: number): number {
    let value = 0;
    let scale = 1;
    const last = Math.min(limit, this.#at + maxBytes);
    for (let at = this.#at; at < last; at += 1) {
      const byte = this.#bytes[at] ?? 0;
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) {
        this.#at = at + 1;
        return value;
      }
    }
    return NOT_PLAIN;
  }

  /** Asks the rewriter for each value. @returns the bytes with what it made of them */
  rewritten(): Uint8Array {
    let isChanged = false;
    for (const part of this.#parts) {
      const { value, place } = part;
      if (value !== undefined) {
        const by = this.#rewrite(value, place);
        if (by !== value) {
          replacePart(part, by);
          isChanged = true;
        }
      }
    }
    return isChanged ? this.#write() : this.#bytes;
  }

  #rewrite(value: string | Uint8Array, place: Place | undefined): string | Uint8Array {
    if (typeof value !== "string") {
      return place === undefined ? value : this.#rewriter.bytes(value, place);
    }
    return place === undefined ? this.#rewriter.key(value) : this.#rewriter.text(value, place);
  }

  #write(): Uint8Array {
    const growth = this.#measure();
    const written = new Uint8Array(this.#bytes.length + growth);
    let to = 0;
    let from = 0;
    for (const { lengthAt, start, end, by, byLength, growth } of this.#parts) {
      if (by === undefined && growth === 0) {
        continue;
      }
      to = copyBytes(this.#bytes, from, lengthAt, written, to);
      to = writeVarint(written, to, by === undefined ? end - start + growth : byLength);
      from = start;
      if (by !== undefined) {
        to = typeof by === "string" ? writeShort(by, written, to) : copyBytes(by, 0, byLength, written, to);
        from = end;
      }
    }
    copyBytes(this.#bytes, from, this.#bytes.length, written, to);
    return written;
  }

  /** How much longer everything becomes: from the innermost out, since lengths take more bytes too. */
  #measure(): number {
    let whole = 0;
    for (let index = this.#parts.length - 1; index >= 0; index -= 1) {
      const part = this.#parts[index];
      if (part === undefined || (part.by === undefined && part.growth === 0)) {
        continue;
      }
      const length = part.by === undefined ? part.end - part.start + part.growth : part.byLength;
      const growth = length + bytesOfVarint(length) - (part.end - part.lengthAt);
      if (part.parent === undefined) {
        whole += growth;
      } else {
        part.parent.growth += growth;
      }
    }
    return whole;
  }
}

function replacePart(part: Part, by: string | Uint8Array): void {
  const length = typeof by === "string" ? shortLength(by) : by.length;
  const bytes = typeof by === "string" && length === undefined ? encodeUtf8(by) : by;
  part.by = bytes;
  part.byLength = length ?? bytes.length;
}

const KEY_TAG = (1 << 3) | WIRE_LENGTH;
const BIT64_BYTES = 8;

function textOf(part: Part | undefined): string {
  return typeof part?.value === "string" ? part.value : "";
}

function partOf(
  lengthAt: number,
  start: number,
  end: number,
  parent: Part | undefined,
  value: Part["value"],
  place: Place | undefined,
): Part {
  return { lengthAt, start, end, parent, value, place, by: undefined, byLength: 0, growth: 0 };
}

function bytesOfVarint(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) {
    bytes += 1;
  }
  return bytes;
}

/** @returns the position behind it */
function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  let to = at;
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) {
    bytes[to] = (rest & 0x7f) | 0x80;
    to += 1;
  }
  bytes[to] = rest;
  return to + 1;
}
