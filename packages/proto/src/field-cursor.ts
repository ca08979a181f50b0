/** Bytes that need not be in memory as a whole. */
export type ByteSource = {
  /** Length of the whole, in bytes, whether or not all of it is available. */
  readonly length: number;
  /** Bytes from `start` to before `end`. Fewer, or none, where the rest is not available. */
  slice(start: number, end: number): Uint8Array;
};

/** The beginning of a message of `length` bytes whose rest is not available: its fields are not malformed for that. */
export function partOf(bytes: Uint8Array, length: number): ByteSource {
  return { length: Math.max(length, bytes.length), slice: (start, end) => bytes.subarray(start, end) };
}

/** How much is asked of a source at once. Heads are short, and the long fields between them are jumped over. */
const WINDOW_BYTES = 256;

const NOTHING = new Uint8Array(0);

export const MISSING = -1;

/** Random access to an array or a source; a source is asked for one small window at a time. */
export class ByteView {
  readonly length: number;
  readonly #source: ByteSource | undefined;
  #window: Uint8Array;
  #base = 0;

  constructor(source: Uint8Array | ByteSource) {
    this.length = source.length;
    if (source instanceof Uint8Array) {
      this.#source = undefined;
      this.#window = source;
    } else {
      this.#source = source;
      this.#window = NOTHING;
    }
  }

  /** The byte at a position within `length`, or {@link MISSING} where it is not available. */
  byte(at: number): number {
    return this.#window[at - this.#base] ?? this.#load(at);
  }

  #load(at: number): number {
    if (this.#source === undefined || at < 0 || at >= this.length) {
      return MISSING;
    }
    this.#window = this.#source.slice(at, Math.min(at + WINDOW_BYTES, this.length));
    this.#base = at;
    return this.#window[0] ?? MISSING;
  }

  /** Bytes from `start` to before `end`, possibly fewer. A view, not a copy, where that is possible. */
  bytes(start: number, end: number): Uint8Array {
    const from = start - this.#base;
    if (from >= 0 && end - this.#base <= this.#window.length) {
      return this.#window.subarray(from, end - this.#base);
    }
    return this.#source === undefined ? NOTHING : this.#source.slice(start, Math.min(end, this.length));
  }
}

export const WIRE_VARINT = 0;
export const WIRE_BIT64 = 1;
export const WIRE_LENGTH = 2;
export const WIRE_START_GROUP = 3;
export const WIRE_END_GROUP = 4;
export const WIRE_BIT32 = 5;

/** Nested messages and groups beyond this depth are left as they are: the limit of the official parsers. */
export const MAX_DEPTH = 100;

/**
 * Walks the fields of one protobuf message without a schema, by jumping from tag to tag.
 *
 * Every field that {@link next} reports lies wholly within the message.
 */
export class FieldCursor {
  /** Field number. */
  number = 0;
  wireType = 0;
  /** Position of the tag. */
  tag = 0;
  /** Position behind the tag; for {@link WIRE_LENGTH} the length stands here. */
  body = 0;
  /** Position of the value: behind the length, else the same as `body`. */
  start = 0;
  /** Position behind the value. */
  end = 0;
  /** Why the walk stopped before the end: bytes that are not protobuf, or bytes that are not available. */
  fault: "malformed" | "missing" | undefined;
  /** Value of the last varint read: exact below 2^53, which covers tags and lengths. */
  value = 0;
  readonly #view: ByteView;
  readonly #limit: number;

  constructor(view: ByteView, from: number, to: number) {
    this.#view = view;
    this.#limit = to;
    this.end = from;
  }

  /** Moves to the next field; false at the end, and at a `fault`. */
  next(): boolean {
    this.tag = this.end;
    if (this.tag >= this.#limit) {
      return false;
    }
    const body = this.#tag(this.tag);
    if (body < 0) {
      return false;
    }
    this.number = this.value >>> 3;
    this.wireType = this.value & 7;
    this.body = body;
    this.start = body;
    this.end = this.#skip(this.wireType, this.number, 0);
    return this.end >= 0;
  }

  /** Reads a tag into `value`; the position behind it, or -1 with a fault. */
  #tag(from: number): number {
    const body = this.#varint(from);
    if (body >= 0 && (body - from > 5 || this.value > 0xffffffff || this.value < 8)) {
      return this.#stop("malformed");
    }
    return body;
  }

  /** Position behind the value at `start`, or -1 with a fault. */
  #skip(wireType: number, number: number, depth: number): number {
    switch (wireType) {
      case WIRE_VARINT:
        return this.#varint(this.start);
      case WIRE_BIT64:
        return this.#within(this.start + 8);
      case WIRE_BIT32:
        return this.#within(this.start + 4);
      case WIRE_LENGTH: {
        const start = this.#varint(this.start);
        if (start < 0) {
          return -1;
        }
        this.start = start;
        return this.#within(start + this.value);
      }
      case WIRE_START_GROUP:
        return this.#skipGroup(number, depth);
      default:
        return this.#stop("malformed");
    }
  }

  /** Groups are not in the contract, but an unknown field may be one. */
  #skipGroup(number: number, depth: number): number {
    const start = this.start;
    let at = start;
    while (depth < MAX_DEPTH) {
      const body = this.#tag(at);
      if (body < 0) {
        return -1;
      }
      const inner = this.value >>> 3;
      const wireType = this.value & 7;
      if (wireType === WIRE_END_GROUP) {
        this.start = start;
        return inner === number ? body : this.#stop("malformed");
      }
      this.start = body;
      at = this.#skip(wireType, inner, depth + 1);
      if (at < 0) {
        return -1;
      }
    }
    return this.#stop("malformed");
  }

  #within(end: number): number {
    return end <= this.#limit ? end : this.#stop("malformed");
  }

  /** Reads a varint of at most ten bytes into `value`; the position behind it, or -1 with a fault. */
  #varint(from: number): number {
    let value = 0;
    let scale = 1;
    const last = Math.min(from + 10, this.#limit);
    for (let at = from; at < last; at += 1) {
      const byte = this.#view.byte(at);
      if (byte === MISSING) {
        return this.#stop("missing");
      }
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) {
        this.value = value;
        return at + 1;
      }
    }
    return this.#stop("malformed");
  }

  #stop(fault: "malformed" | "missing"): -1 {
    this.fault = fault;
    return -1;
  }
}
