/** Finding text in the bytes of a message or body, whatever they are: nothing is decoded, and no size is too large. */

import type { FindHit } from "@inspector/contract/find";
import { decodeUtf8, encodeUtf8 } from "@inspector/proto";
import { excerptAt } from "./excerpt.ts";

/** Bytes before and behind a hit that are read for its excerpt: enough for 40 characters. */
const AROUND_BYTES = 160;

/** Upper-case ASCII letters as lower-case ones, every other byte as itself. */
const FOLDED = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte));

const HEX_BYTES = /^\s*0x((?:\s*[\da-f]{2})+)\s*$/iu;

/** Whether bytes are looked for, not text: "0x1f 8b". */
export function isHexBytes(text: string): boolean {
  return HEX_BYTES.test(text);
}

/** What is looked for: the bytes of "0x1f 8b", or else a text's, in UTF-8. */
export function wantedBytes(text: string): Uint8Array {
  const hex = HEX_BYTES.exec(text)?.[1];
  if (hex === undefined) {
    return encodeUtf8(text);
  }
  return Uint8Array.from(hex.match(/[\da-f]{2}/giu) ?? [], (pair) => Number.parseInt(pair, 16));
}

/**
 * Where bytes stand in others, ascending, without overlaps. ASCII letters are found in either case, all else as it is.
 * @param isExact whether letters are found in their own case only: of bytes that were asked for as such
 */
export function* findBytes(bytes: Uint8Array, wanted: Uint8Array, isExact = false): Generator<number> {
  const fold = isExact ? IDENTITY : FOLDED;
  const needle = wanted.map((byte) => fold[byte] ?? byte);
  const [first = 0] = needle;
  const last = bytes.length - needle.length;
  for (let at = 0; needle.length > 0 && at <= last; at += 1) {
    if (fold[bytes[at] ?? 0] === first && isAt(bytes, at, needle, fold)) {
      yield at;
      at += needle.length - 1;
    }
  }
}

const IDENTITY = Uint8Array.from({ length: 256 }, (_, byte) => byte);

function isAt(bytes: Uint8Array, at: number, needle: Uint8Array, fold: Uint8Array): boolean {
  for (let index = 1; index < needle.length; index += 1) {
    if (fold[bytes[at + index] ?? 0] !== needle[index]) {
      return false;
    }
  }
  return true;
}

/** A hit in bytes as it is told: its offset, and the text around it. */
export function byteHit(bytes: Uint8Array, at: number, length: number): FindHit {
  const from = Math.max(0, at - AROUND_BYTES);
  const [before, match, after] = [
    decodeUtf8(bytes.subarray(from, at)),
    decodeUtf8(bytes.subarray(at, at + length)),
    decodeUtf8(bytes.subarray(at + length, at + length + AROUND_BYTES)),
  ];
  return { of: "message", at, ...excerptAt(before + match + after, before.length, match.length) };
}
