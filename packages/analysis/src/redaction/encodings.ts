/** Texts within texts: what a secret looks like where it was encoded. */

import { isOfRun } from "./traits.ts";

/** A text that was decoded from another one. */
export type View = {
  readonly text: string;
  /** Where character `at` of it begins in the other; defined for `text.length` too. */
  place(at: number): number;
};

const PERCENT = /%[0-9A-Fa-f]{2}/u;
const ESCAPE = /\\/u;

/** The text with its percent-encoded bytes as characters (Latin-1); undefined where it has none. */
export function percentView(text: string): View | undefined {
  return PERCENT.test(text) ? viewOf(text, "%", percentAt) : undefined;
}

/** The text as the content of a JSON string, with its escapes taken away; undefined where it has none. */
export function escapeView(text: string): View | undefined {
  return ESCAPE.test(text) ? viewOf(text, "\\", escapeAt) : undefined;
}

type Decoded = { readonly text: string; readonly length: number };

/** @param mark what an encoded character begins with */
function viewOf(text: string, mark: string, decodeAt: (text: string, at: number) => Decoded | undefined): View {
  const places = new Uint32Array(text.length + 1);
  const parts: string[] = [];
  let length = 0;
  for (let at = 0; at < text.length; ) {
    const next = text.indexOf(mark, at);
    const end = next < 0 ? text.length : next;
    parts.push(text.slice(at, end));
    for (; at < end; at += 1) {
      places[length] = at;
      length += 1;
    }
    if (next >= 0) {
      const decoded = decodeAt(text, at);
      places[length] = at;
      parts.push(decoded?.text ?? mark);
      length += 1;
      at += decoded?.length ?? 1;
    }
  }
  places[length] = text.length;
  return { text: parts.join(""), place: (at) => places[at] ?? text.length };
}

function percentAt(text: string, at: number): Decoded | undefined {
  const code = hexAt(text, at + 1, 2);
  return code === undefined ? undefined : { text: String.fromCharCode(code), length: 3 };
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f", '"': '"', "/": "/" };

function escapeAt(text: string, at: number): Decoded | undefined {
  const next = text.charAt(at + 1);
  if (next === "\\") {
    return { text: "\\", length: 2 };
  }
  if (next === "u") {
    const code = hexAt(text, at + 2, 4);
    return code === undefined ? undefined : { text: String.fromCharCode(code), length: 6 };
  }
  const meant = Object.hasOwn(ESCAPES, next) ? ESCAPES[next] : undefined;
  return meant === undefined ? undefined : { text: meant, length: 2 };
}

function hexAt(text: string, at: number, digits: number): number | undefined {
  let value = 0;
  for (let place = at; place < at + digits; place += 1) {
    const code = text.charCodeAt(place) | 0x20;
    const digit = code >= 0x61 ? code - 0x61 + 10 : text.charCodeAt(place) - 0x30;
    if (!(digit >= 0 && digit < 16)) {
      return undefined;
    }
    value = value * 16 + digit;
  }
  return value;
}

const VALUES = new Int8Array(128).fill(-1);
for (const [value, character] of [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"].entries()) {
  VALUES[character.charCodeAt(0)] = value;
}
VALUES["-".charCodeAt(0)] = 62;
VALUES["_".charCodeAt(0)] = 63;

/** Digits of base64 that six bytes have. */
export const MIN_RUN = 8;

/** Calls `visit` with what may be base64, of either alphabet, of six bytes or more; `=` at its end belongs to it. */
export function forEachRun(text: string, visit: (start: number, end: number) => void): void {
  for (let at = 0; at < text.length; at += 1) {
    const start = at;
    while (at < text.length && isOfRun(text.charCodeAt(at))) {
      at += 1;
    }
    if (at - start < MIN_RUN) {
      continue;
    }
    for (let padding = 0; padding < 2 && text.charCodeAt(at) === PADDING; padding += 1) {
      at += 1;
    }
    visit(start, at);
    at -= 1;
  }
}

const PADDING = "=".charCodeAt(0);

/** How many bytes a run of base64 has from a place in it on; a rest of less than a byte is left out. */
export function bytesInRun(run: string, from: number): number {
  const digits = run.length - (run.endsWith("==") ? 2 : run.endsWith("=") ? 1 : 0) - from;
  return Math.max(0, Math.floor((digits * 3) / 4));
}

/** Bytes of base64 from a place in it on. */
export function decodeRun(run: string, from: number): Uint8Array {
  const bytes = new Uint8Array(bytesInRun(run, from));
  decodeRunInto(bytes, bytes.length, run, from);
  return bytes;
}

/** The first `length` bytes of base64 from a place in it on. */
export function decodeRunInto(bytes: Uint8Array, length: number, run: string, from: number): void {
  for (let at = from, to = 0; to < length; at += 4, to += 3) {
    const bits =
      (valueOfDigit(run, at) << 18) |
      (valueOfDigit(run, at + 1) << 12) |
      (valueOfDigit(run, at + 2) << 6) |
      valueOfDigit(run, at + 3);
    bytes[to] = bits >> 16;
    bytes[to + 1] = bits >> 8;
    bytes[to + 2] = bits;
  }
}

/** Of a digit of base64, of either alphabet; 0 of any other character. */
export function valueOfDigit(run: string, at: number): number {
  const value = VALUES[run.charCodeAt(at)] ?? 0;
  return value < 0 ? 0 : value;
}
