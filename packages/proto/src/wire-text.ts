/**
 * Texts from and to the bytes of a message. Most of them are short, of ASCII, and come again and again: what decoders and encoders of
 * whole texts take for each of them is several times as much as what they do.
 */
import { getTextEncoding } from "@bufbuild/protobuf/wire";

const { decodeUtf8 } = getTextEncoding();

/** Longer texts are decoded and encoded as a whole. */
const MAX_SHORT = 64;
/** Of texts that were read a while ago; of two that share a slot the later one stands there. A power of two. */
const SLOTS = 2048;
const known: (string | undefined)[] = new Array<string | undefined>(SLOTS).fill(undefined);
/** The characters of the text that is being read. */
const codes: number[] = [];

/** The text from `start` to before `end`; undefined where that is not UTF-8. */
export function readText(bytes: Uint8Array, start: number, end: number): string | undefined {
  const length = end - start;
  if (length > MAX_SHORT) {
    return decode(bytes, start, end);
  }
  codes.length = length;
  let hash = length;
  for (let at = 0; at < length; at += 1) {
    const code = bytes[start + at] ?? 0;
    if (code > 0x7f) {
      return decode(bytes, start, end);
    }
    codes[at] = code;
    hash = Math.imul(hash ^ code, 0x01000193);
  }
  const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
  const before = known[slot];
  if (before !== undefined && isSame(before)) {
    return before;
  }
  const text = String.fromCharCode(...codes);
  known[slot] = text;
  return text;
}

function isSame(text: string): boolean {
  if (text.length !== codes.length) {
    return false;
  }
  for (let at = 0; at < text.length; at += 1) {
    if (text.charCodeAt(at) !== codes[at]) {
      return false;
    }
  }
  return true;
}

function decode(bytes: Uint8Array, start: number, end: number): string | undefined {
  try {
    return decodeUtf8(bytes.subarray(start, end), true);
  } catch {
    return undefined;
  }
}

/** Bytes of a short text in UTF-8; undefined of one that is to be encoded as a whole. */
export function shortLength(text: string): number | undefined {
  if (text.length > MAX_SHORT) {
    return undefined;
  }
  let length = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 0xd800 && code < 0xe000) {
      return undefined;
    }
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : 3;
  }
  return length;
}

/** Writes a text that {@link shortLength} knows. @returns the place behind it */
export function writeShort(text: string, to: Uint8Array, at: number): number {
  let place = at;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x80) {
      to[place] = code;
      place += 1;
      continue;
    }
    if (code < 0x800) {
      to[place] = 0xc0 | (code >> 6);
      place += 1;
    } else {
      to[place] = 0xe0 | (code >> 12);
      to[place + 1] = 0x80 | ((code >> 6) & 0x3f);
      place += 2;
    }
    to[place] = 0x80 | (code & 0x3f);
    place += 1;
  }
  return place;
}

/** Copies what stands from `start` to before `end`. @returns the place behind it */
export function copyBytes(bytes: Uint8Array, start: number, end: number, to: Uint8Array, at: number): number {
  if (end - start > MAX_SHORT) {
    to.set(bytes.subarray(start, end), at);
  } else {
    for (let place = start; place < end; place += 1) {
      to[at + place - start] = bytes[place] ?? 0;
    }
  }
  return at + end - start;
}
