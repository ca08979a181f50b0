/** Tells what a StreamingMessage is by its first bytes. Tags only: no schema, no copy, and it never throws. */

/** Bytes of a message that are looked at, at most. What is not found in them is taken for absent. */
export const HEAD_BYTES = 1024;

/** Not all is there to say. */
export const MORE = -1;

/** By content kind, the field numbers of the invocation id and of the function id; 0 where it has none. */
const ID_FIELDS: ReadonlyMap<number, readonly [invocation: number, functionId: number]> = new Map([
  [2, [1, 0]],
  [4, [1, 2]],
  [5, [1, 0]],
  [8, [0, 1]],
  [9, [0, 1]],
  [21, [2, 0]],
  [28, [1, 0]],
]);

/** close_shared_memory_resources_response is about maps: the name of the first stands for it, as key of a map's entry. */
const KIND_MAPS_CLOSED = 28;

export type MessageIds = { readonly invocationId: string | undefined; readonly functionId: string | undefined };

export const NO_IDS: MessageIds = { invocationId: undefined, functionId: undefined };
const REQUEST_ID_TAG = 0x0a;
const FIRST_TEXT_TAG = 0x0a;
const MAX_VARINT_BYTES = 10;

/** Knows of most ids that they are not among those that were added, without making strings of them. */
export class IdFilter {
  readonly #marks = new Uint8Array(1 << 16);

  add(id: string): void {
    const bytes = Buffer.from(id);
    this.#marks[markOf(bytes, 0, bytes.length)] = 1;
  }

  mayHave(bytes: Uint8Array, start: number, size: number): boolean {
    return this.#marks[markOf(bytes, start, size)] === 1;
  }
}

/** The first eight bytes of a fresh id are random enough. */
function markOf(bytes: Uint8Array, start: number, size: number): number {
  let mark = size;
  const end = start + Math.min(size, 8);
  for (let at = start; at < end; at++) {
    mark = Math.imul(mark ^ (bytes[at] ?? 0), 0x01000193);
  }
  return (mark ^ (mark >>> 16)) & 0xffff;
}

/** Reads one message's head at a time: `kind` first, then `ids` of the same bytes. */
export class MessageHeadReader {
  #at = 0;
  #contentAt = 0;
  #contentEnd = 0;

  /**
   * Field number of the content of the message that begins at `start` and is there up to `end`; 0 where it has none,
   * MORE where that depends on what is to come (never if `isWhole` says that nothing more is to be looked at).
   */
  kind(bytes: Uint8Array, start: number, end: number, isWhole: boolean): number {
    this.#at = start;
    while (this.#at < end) {
      const tag = bytes[this.#at] === REQUEST_ID_TAG ? this.#skipTag() : this.#varint(bytes, end);
      const size = tag === MORE ? MORE : this.#valueSize(bytes, tag & 7, end);
      if (tag === MORE || size === MORE) {
        return isWhole ? 0 : MORE;
      }
      if (tag >>> 3 > 1 && (tag & 7) === 2) {
        this.#contentAt = this.#at;
        this.#contentEnd = this.#at + size;
        return tag >>> 3;
      }
      this.#at += size;
    }
    return isWhole ? 0 : MORE;
  }

  /** Whether the content that `kind` found may have one of these invocation ids; cheaper than to read it. */
  mayBeOneOf(ids: IdFilter, kind: number, bytes: Uint8Array, end: number): boolean {
    if (kind === KIND_MAPS_CLOSED) {
      return true;
    }
    const at = this.#contentAt;
    // Where the first field is not the id, or not all there, it has to be read.
    const size = bytes[at + 1] ?? 0;
    const isFirst =
      ID_FIELDS.get(kind)?.[0] === 1 && bytes[at] === FIRST_TEXT_TAG && size < 0x80 && at + 2 + size <= end;
    return !isFirst || ids.mayHave(bytes, at + 2, size);
  }

  /** The ids of the content that `kind` found, or undefined where they may still come. */
  ids(kind: number, bytes: Uint8Array, end: number, isWhole: boolean): MessageIds | undefined {
    const fields = ID_FIELDS.get(kind);
    if (fields === undefined) {
      return NO_IDS;
    }
    const limit = Math.min(end, this.#contentEnd);
    let invocationId: string | undefined;
    let functionId: string | undefined;
    this.#at = this.#contentAt;
    while (this.#at < limit) {
      const tag = this.#varint(bytes, limit);
      const size = tag === MORE ? MORE : this.#valueSize(bytes, tag & 7, limit);
      if (tag === MORE || size === MORE) {
        return isWhole ? { invocationId, functionId } : undefined;
      }
      const isText = (tag & 7) === 2 && this.#at + size <= limit;
      if (isText && tag >>> 3 === fields[0]) {
        invocationId = kind === KIND_MAPS_CLOSED ? this.#key(bytes, size) : textOf(bytes, this.#at, this.#at + size);
      }
      if (isText && tag >>> 3 === fields[1]) {
        functionId = textOf(bytes, this.#at, this.#at + size);
      }
      const isFound = (fields[0] === 0 || invocationId !== undefined) && (fields[1] === 0 || functionId !== undefined);
      if (isFound) {
        return { invocationId, functionId };
      }
      this.#at += size;
    }
    return isWhole || limit === this.#contentEnd ? { invocationId, functionId } : undefined;
  }

  /** The key of the entry that stands here. */
  #key(bytes: Uint8Array, size: number): string {
    const at = this.#at;
    const keySize = bytes[at + 1] ?? 0;
    const isKeyFirst = bytes[at] === FIRST_TEXT_TAG && keySize < 0x80 && 2 + keySize <= size;
    return isKeyFirst ? textOf(bytes, at + 2, at + 2 + keySize) : "";
  }

  #skipTag(): number {
    this.#at += 1;
    return REQUEST_ID_TAG;
  }

  /** Bytes that the value takes, its length having been read; what cannot be read counts as endless. */
  #valueSize(bytes: Uint8Array, wireType: number, end: number): number {
    if (wireType === 2) {
      return this.#varint(bytes, end);
    }
    if (wireType === 1) {
      return 8;
    }
    if (wireType === 5) {
      return 4;
    }
    if (wireType !== 0) {
      return MORE;
    }
    return this.#varint(bytes, end) === MORE ? MORE : 0;
  }

  #varint(bytes: Uint8Array, end: number): number {
    let value = 0;
    let scale = 1;
    for (let n = 0; n < MAX_VARINT_BYTES && this.#at < end; n++, scale *= 128) {
      const byte = bytes[this.#at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        return value;
      }
    }
    return MORE;
  }
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("utf8");
}
