import { getTextEncoding } from "@bufbuild/protobuf/wire";
import type { ByteView } from "./field-cursor.ts";

/** Most characters (UTF-16 units) of a head's `text` and `category`. */
export const MAX_TEXT = 200;

/** Most characters of an id in a head. Ids are GUIDs, hashes or function names; longer ones are cut. */
export const MAX_ID = 1000;

/** A UTF-16 unit takes at most three bytes of UTF-8; the rest lets the last character be whole. */
const BYTES_PER_UNIT = 3;
const SLACK = 4;

/** UTF-8 to text; what is not UTF-8 becomes U+FFFD. */
export const decodeUtf8: (bytes: Uint8Array) => string = getTextEncoding().decodeUtf8;

/** Text to UTF-8; half a surrogate pair becomes U+FFFD. */
export const encodeUtf8: (text: string) => Uint8Array = getTextEncoding().encodeUtf8;

/** Ids and categories are no longer. */
const MAX_REMEMBERED_BYTES = 64;
/** A power of two. */
const REMEMBERED_TEXTS = 256;

/** Texts that were read last, each in the place that its bytes say. */
const recent: ({ readonly bytes: Uint8Array; readonly text: string } | undefined)[] = new Array(REMEMBERED_TEXTS);

/** The text at a place. One id stands in many messages, and comparing its bytes costs a fraction of decoding them. */
function remembered(view: ByteView, start: number, end: number): string {
  const length = end - start;
  let hash = length;
  for (let at = Math.max(start, end - HASHED_BYTES); at < end; at += 1) {
    hash = (hash * 31 + view.byte(at)) | 0;
  }
  const place = hash & (REMEMBERED_TEXTS - 1);
  const known = recent[place];
  if (known !== undefined && known.bytes.length === length && isAt(known.bytes, view, start)) {
    return known.text;
  }
  const bytes = view.bytes(start, end);
  const text = decodeUtf8(bytes);
  // What is not all there would be taken for the whole next time.
  if (bytes.length === length) {
    recent[place] = { bytes: bytes.slice(), text };
  }
  return text;
}

/** Of ids the ends differ. */
const HASHED_BYTES = 6;

function isAt(bytes: Uint8Array, view: ByteView, start: number): boolean {
  for (let at = 0; at < bytes.length; at += 1) {
    if (view.byte(start + at) !== bytes[at]) {
      return false;
    }
  }
  return true;
}

/** The first `max` characters of a text at a place, never half a character. */
export function readText(view: ByteView, start: number, end: number, max: number): string {
  if (start === end) {
    return "";
  }
  if (end - start <= MAX_REMEMBERED_BYTES) {
    return cutText(remembered(view, start, end), max);
  }
  const limit = Math.min(end, start + max * BYTES_PER_UNIT + SLACK);
  const bytes = view.bytes(start, limit);
  const isCut = bytes.length < end - start;
  return cutText(decodeUtf8(isCut ? wholeCharacters(bytes) : bytes), max);
}

/** The first `max` UTF-16 units, less one where that would split a surrogate pair. */
export function cutText(text: string, max: number): string {
  if (text.length <= max) {
    return text;
  }
  const last = text.charCodeAt(max - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? max - 1 : max);
}

/** Without the bytes of a character whose end is not there. */
function wholeCharacters(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > back ? bytes.subarray(0, bytes.length - back) : bytes;
    }
    if (byte < 0x80) {
      return bytes;
    }
  }
  return bytes;
}

const LINE_BREAK_OR_TAB = /[\t-\r]/;

/** One line of at most {@link MAX_TEXT} characters: line breaks and the white space around them become one space. */
export function oneLine(text: string): string {
  const line = cutText(text, MAX_TEXT);
  return LINE_BREAK_OR_TAB.test(line) ? line.replace(/\s+/g, " ").trim() : line;
}

/** "/api/hello?x=1" of an absolute URL; the text itself where it is none. */
export function pathOf(url: string): string {
  return url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "");
}
