/** Many texts looked for in one, in a time that does not depend on how many they are. */

/** Shorter texts are not looked for: they occur by chance. */
export const MIN_SEARCHED_CHARS = 6;
/** 2 MB: with 200 000 texts one place in eighty has to be looked at closer. */
const FILTER_BITS = 2 ** 24;
const BASE = 0x01000193;
/** BASE to the power of the window's length less one, modulo 2^32. */
const LEAVING = power(BASE, MIN_SEARCHED_CHARS - 1);

export type Hit<Value> = { readonly start: number; readonly end: number; readonly value: Value };

/** Texts that begin alike, and their lengths: names with a number at their end are many. */
type Bucket<Value> = { readonly lengths: Set<number>; readonly values: Map<string, Value> };

const WORD = /^(?:[A-Za-z]{1,9}|\d+)$/u;

/**
 * Texts with a value each. A short word of letters, and a number, is found only where no letter or digit stands beside it; everything else is found
 * within words too.
 */
export class Dictionary<Value> {
  #filter = new Uint32Array();
  readonly #buckets = new Map<number, Bucket<Value>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** @param text of at least {@link MIN_SEARCHED_CHARS} */
  add(text: string, value: Value): void {
    let hash = 0;
    for (let at = 0; at < MIN_SEARCHED_CHARS; at += 1) {
      hash = (Math.imul(hash, BASE) + text.charCodeAt(at)) | 0;
    }
    if (this.#size === 0) {
      this.#filter = new Uint32Array(FILTER_BITS / 32);
    }
    const bit = placeOf(hash);
    this.#filter[bit >>> 5] = (this.#filter[bit >>> 5] ?? 0) | (1 << (bit & 31));
    const bucket = this.#buckets.get(hash) ?? { lengths: new Set(), values: new Map() };
    this.#buckets.set(hash, bucket);
    bucket.lengths.add(text.length);
    bucket.values.set(text, value);
    this.#size += 1;
  }

  /** Every occurrence of every text, by its start; they may overlap. */
  find(text: string): Hit<Value>[] {
    const hits: Hit<Value>[] = [];
    let hash = 0;
    for (let at = 0; at < text.length; at += 1) {
      const leaving = at < MIN_SEARCHED_CHARS ? 0 : text.charCodeAt(at - MIN_SEARCHED_CHARS);
      hash = (Math.imul(hash - Math.imul(leaving, LEAVING), BASE) + text.charCodeAt(at)) | 0;
      if (at >= MIN_SEARCHED_CHARS - 1 && this.#passes(hash)) {
        this.#collect(hits, text, at - MIN_SEARCHED_CHARS + 1, hash);
      }
    }
    return hits;
  }

  /** Whether one of the texts may begin in bytes that are read as Latin-1. */
  mayContain(bytes: Uint8Array): boolean {
    let hash = 0;
    for (let at = 0; at < bytes.length; at += 1) {
      const leaving = at < MIN_SEARCHED_CHARS ? 0 : (bytes[at - MIN_SEARCHED_CHARS] ?? 0);
      hash = (Math.imul(hash - Math.imul(leaving, LEAVING), BASE) + (bytes[at] ?? 0)) | 0;
      if (at >= MIN_SEARCHED_CHARS - 1 && this.#passes(hash) && this.#buckets.has(hash)) {
        return true;
      }
    }
    return false;
  }

  #passes(hash: number): boolean {
    const bit = placeOf(hash);
    return ((this.#filter[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0;
  }

  #collect(hits: Hit<Value>[], text: string, start: number, hash: number): void {
    const bucket = this.#buckets.get(hash);
    for (const length of bucket?.lengths ?? []) {
      const found = text.slice(start, start + length);
      const value = bucket?.values.get(found);
      if (value !== undefined && !(WORD.test(found) && isWithinWord(text, start, start + length))) {
        hits.push({ start, end: start + length, value });
      }
    }
  }
}

function isWithinWord(text: string, start: number, end: number): boolean {
  return /[A-Za-z0-9]/u.test(text.charAt(start - 1)) || /[A-Za-z0-9]/u.test(text.charAt(end));
}

/** Mixes the hash, whose low bits say little. */
function placeOf(hash: number): number {
  return (Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 8) % FILTER_BITS;
}

function power(base: number, exponent: number): number {
  let result = 1;
  for (let i = 0; i < exponent; i += 1) {
    result = Math.imul(result, base);
  }
  return result;
}
