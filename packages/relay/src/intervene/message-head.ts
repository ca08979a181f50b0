/** Tells what a StreamingMessage is by its first bytes. Tags only: no schema, no copy, and it never throws. */
import { ProtobufFields, WIRE_LENGTH } from "@inspector/wire/protobuf-fields";
import { KIND } from "../content-kinds.ts";

/** Bytes of a message that are looked at, at most. What is not found in them is taken for absent. */
export const HEAD_BYTES = 1024;

/** Not all is there to say. */
export const MORE = -1;

/**
 * By content kind, the field numbers of the invocation id and of the function id; 0 where it has none. In place of an invocation,
 * the name of the first map stands for an answer about maps, as key of a map's entry.
 */
const ID_FIELDS: ReadonlyMap<number, readonly [invocation: number, functionId: number]> = new Map<
  number,
  readonly [number, number]
>([
  [KIND.rpcLog, [1, 0]],
  [KIND.invocationRequest, [1, 2]],
  [KIND.invocationResponse, [1, 0]],
  [KIND.functionLoadRequest, [0, 1]],
  [KIND.functionLoadResponse, [0, 1]],
  [KIND.invocationCancel, [2, 0]],
  [KIND.closeSharedMemoryResourcesResponse, [1, 0]],
]);

/** Ids as the message has them; undefined where it has none of the kind, or they are not within its first bytes. */
export type MessageIds = { readonly invocationId: string | undefined; readonly functionId: string | undefined };

/** Of a message that is about no invocation and no function. */
export const NO_IDS: MessageIds = { invocationId: undefined, functionId: undefined };
const FIRST_TEXT_TAG = 0x0a;

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
  readonly #fields = new ProtobufFields();
  #contentAt = 0;
  #contentEnd = 0;

  /**
   * Field number of the content of the message that begins at `start` and is there up to `end`; 0 where it has none,
   * MORE where that depends on what is to come (never if `isWhole` says that nothing more is to be looked at).
   */
  kind(bytes: Uint8Array, start: number, end: number, isWhole: boolean): number {
    const fields = this.#fields;
    fields.begin(start);
    while (fields.at < end && fields.read(bytes, end) === "field") {
      if (fields.number > 1 && fields.wireType === WIRE_LENGTH) {
        this.#contentAt = fields.at;
        this.#contentEnd = fields.at + fields.size;
        return fields.number;
      }
      fields.skip(fields.size);
    }
    return isWhole ? 0 : MORE;
  }

  /** Whether the content that `kind` found may have one of these invocation ids; cheaper than to read it. */
  mayBeOneOf(ids: IdFilter, kind: number, bytes: Uint8Array, end: number): boolean {
    if (kind === KIND.closeSharedMemoryResourcesResponse) {
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
    const numbers = ID_FIELDS.get(kind);
    if (numbers === undefined) {
      return NO_IDS;
    }
    const limit = Math.min(end, this.#contentEnd);
    let invocationId: string | undefined;
    let functionId: string | undefined;
    const fields = this.#fields;
    fields.begin(this.#contentAt);
    while (fields.at < limit) {
      if (fields.read(bytes, limit) !== "field") {
        return isWhole ? { invocationId, functionId } : undefined;
      }
      const { at, number, size } = fields;
      const isText = fields.wireType === WIRE_LENGTH && at + size <= limit;
      if (isText && number === numbers[0]) {
        invocationId =
          kind === KIND.closeSharedMemoryResourcesResponse ? keyOf(bytes, at, size) : textOf(bytes, at, at + size);
      }
      if (isText && number === numbers[1]) {
        functionId = textOf(bytes, at, at + size);
      }
      const isFound =
        (numbers[0] === 0 || invocationId !== undefined) && (numbers[1] === 0 || functionId !== undefined);
      if (isFound) {
        return { invocationId, functionId };
      }
      fields.skip(size);
    }
    return isWhole || limit === this.#contentEnd ? { invocationId, functionId } : undefined;
  }
}

/** The key of the entry that stands here. */
function keyOf(bytes: Uint8Array, at: number, size: number): string {
  const keySize = bytes[at + 1] ?? 0;
  const isKeyFirst = bytes[at] === FIRST_TEXT_TAG && keySize < 0x80 && 2 + keySize <= size;
  return isKeyFirst ? textOf(bytes, at + 2, at + 2 + keySize) : "";
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("utf8");
}
