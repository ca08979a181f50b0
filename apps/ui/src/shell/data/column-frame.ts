import type { Seq } from "@inspector/contract/page";

/** One binary frame of the live connection; see ServerMessage for what `ids` and `gone` are in which view. */
export type ColumnFrame = {
  readonly view: number;
  readonly cursor: Seq;
  readonly ids: Uint32Array;
  readonly gone: Uint32Array;
};

const HEAD_WORDS = 3;

/** Reads `[view, cursor, hits, ...ids, ...gone]`, little-endian; undefined for bytes that are no such frame. */
export function parseColumnFrame(bytes: ArrayBuffer): ColumnFrame | undefined {
  if (bytes.byteLength % 4 !== 0 || bytes.byteLength < HEAD_WORDS * 4) {
    return undefined;
  }
  const words = readWords(bytes);
  const [view, cursor, hits] = words;
  if (view === undefined || cursor === undefined || hits === undefined || hits > words.length - HEAD_WORDS) {
    return undefined;
  }
  const firstGone = HEAD_WORDS + hits;
  return { view, cursor, ids: words.subarray(HEAD_WORDS, firstGone), gone: words.subarray(firstGone) };
}

function readWords(bytes: ArrayBuffer): Uint32Array {
  if (isLittleEndian) {
    return new Uint32Array(bytes);
  }
  const data = new DataView(bytes);
  return Uint32Array.from({ length: bytes.byteLength / 4 }, (_, index) => data.getUint32(index * 4, true));
}

const isLittleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
