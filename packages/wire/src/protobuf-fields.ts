/** Reads the fields of a protobuf message by their tags: no schema, no copy, and it never throws. */

/** Wire type: a number of seven bits a byte. */
export const WIRE_VARINT = 0;
/** Wire type: eight bytes. */
export const WIRE_FIXED64 = 1;
/** Wire type: a length, then as many bytes. */
export const WIRE_LENGTH = 2;
/** Wire type: four bytes. */
export const WIRE_FIXED32 = 5;

/** What an eleventh byte of a varint would count by: ten are the most there are. */
const SCALE_LIMIT = 128 ** 10;

const UNFINISHED = -1;

/**
 * - `field`: a field's value begins at {@link ProtobufFields.at}.
 * - `more`: that depends on bytes that are to come.
 * - `malformed`: these bytes are no protobuf, or begin a group, which no message of ours has.
 */
export type FieldRead = "field" | "more" | "malformed";

/**
 * Walks the fields of one message at a time, in bytes that may come in pieces: `begin`, then `read` and `skip` in turn.
 *
 * The next byte belongs to one of
 * - a *tag*: at first, and behind each field. Its last byte leads to *length* or *varint*, or, where the wire type says how
 *   long the value is, completes the field.
 * - a *length*, or a value that is a *varint*: its last byte completes the field, and leads to *tag*.
 *
 * A field need not end within the bytes that are there: where that matters the caller compares `at` and `size`.
 */
export class ProtobufFields {
  #at = 0;
  #number = 0;
  #wireType = WIRE_VARINT;
  #size = 0;
  #isTagNext = true;
  /** The varint that is being read, as far as it is there, and what its next seven bits count. */
  #varint = 0;
  #scale = 1;

  /** Position of the byte that is read next. */
  get at(): number {
    return this.#at;
  }

  /** Field number of the field that was read. */
  get number(): number {
    return this.#number;
  }

  get wireType(): number {
    return this.#wireType;
  }

  /** Bytes of its value, from `at` on: none of a varint, which is read already. Exact below 2^53. */
  get size(): number {
    return this.#size;
  }

  /** A message begins at this position. */
  begin(at: number): void {
    this.#at = at;
    this.#isTagNext = true;
    this.#varint = 0;
    this.#scale = 1;
  }

  /** What comes next of the message stands at this position, maybe of other bytes than before. */
  goOn(at: number): void {
    this.#at = at;
  }

  /** Passes over the value of the field that was read, or over a part of it. */
  skip(bytes: number): void {
    this.#at += bytes;
  }

  /** Reads up to the next field's value. What was read when more is needed is remembered. */
  read(bytes: Uint8Array, end: number): FieldRead {
    if (this.#isTagNext) {
      const tag = this.#readVarint(bytes, end);
      if (tag === UNFINISHED) {
        return this.#unfinished();
      }
      const wireType = tag & 7;
      this.#number = Math.floor(tag / 8);
      this.#wireType = wireType;
      if (wireType === WIRE_FIXED64 || wireType === WIRE_FIXED32) {
        this.#size = wireType === WIRE_FIXED64 ? 8 : 4;
        return "field";
      }
      if (wireType !== WIRE_LENGTH && wireType !== WIRE_VARINT) {
        return "malformed";
      }
    }
    const value = this.#readVarint(bytes, end);
    this.#isTagNext = value !== UNFINISHED;
    if (value === UNFINISHED) {
      return this.#unfinished();
    }
    this.#size = this.#wireType === WIRE_LENGTH ? value : 0;
    return "field";
  }

  #readVarint(bytes: Uint8Array, end: number): number {
    let at = this.#at;
    let value = this.#varint;
    let scale = this.#scale;
    while (at < end && scale < SCALE_LIMIT) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        this.#at = at;
        this.#varint = 0;
        this.#scale = 1;
        return value;
      }
      scale *= 128;
    }
    this.#at = at;
    this.#varint = value;
    this.#scale = scale;
    return UNFINISHED;
  }

  #unfinished(): FieldRead {
    return this.#scale < SCALE_LIMIT ? "more" : "malformed";
  }
}

/** Whether a field may begin with this byte: it has a number above 0 and one of the wire types in use. */
export function mayBeginField(byte: number): boolean {
  const wireType = byte & 7;
  return byte >= 8 && (wireType <= WIRE_LENGTH || wireType === WIRE_FIXED32);
}
