/** Many texts looked for in one, in a time that does not depend on how many they are. */

/** Shorter texts are not looked for: they occur by chance. */
export const MIN_SEARCHED_CHARS = 6;
const BASE = 0x01000193;
/** BASE to the power of the window's length less one, modulo 2^32. */
const LEAVING = power(BASE, MIN_SEARCHED_CHARS - 1);
/** Of a longer text its beginnings of these lengths are in the filter: many sentences begin with the same words. */
const BEGINNINGS = [16, 32, 64, 256, 1024, 4096, 16_384] as const;
/** Tells the hash of a whole text from that of a beginning. */
const WHOLE = 0x5bd1e995;

export type Hit<Value> = { readonly start: number; readonly end: number; readonly value: Value };

const WORD = /^(?:[A-Za-z]{1,9}|\d+)$/u;

/**
 * Texts with a value each. A short word of letters, and a number, is found only where no letter or digit stands beside it; everything else is found
 * within words too.
 */
export class Dictionary<Value> {
  readonly #bits: number;
  #filter = new Uint32Array();
  /** Lengths of the texts that begin alike, ascending, by the hash of what they begin with. */
  readonly #lengths = new Map<number, readonly number[]>();
  readonly #values = new Map<string, Value>();

  /** @param bits of its filter, a power of two: 80 for each text make one place in fifty one to be looked at closer */
  constructor(bits: number) {
    this.#bits = bits;
  }

  get size(): number {
    return this.#values.size;
  }

  /** @param text of at least {@link MIN_SEARCHED_CHARS} */
  add(text: string, value: Value): void {
    if (this.#values.size === 0) {
      this.#filter = new Uint32Array(this.#bits / 32);
    }
    const start = hashOn(0, text, 0, MIN_SEARCHED_CHARS);
    this.#mark(start);
    let hash = start;
    let at = MIN_SEARCHED_CHARS;
    for (const length of BEGINNINGS) {
      if (length > text.length) {
        break;
      }
      hash = hashOn(hash, text, at, length);
      at = length;
      this.#mark(hash);
    }
    this.#mark(hashOn(hash, text, at, text.length) ^ WHOLE);
    const lengths = this.#lengths.get(start) ?? NO_LENGTHS;
    if (!lengths.includes(text.length)) {
      this.#lengths.set(start, withLength(lengths, text.length));
    }
    this.#values.set(text, value);
  }

  /** Occurrences of the texts of all of them, by their starts: of each of them the longest at a place. They may overlap. */
  static find<Value>(all: readonly Dictionary<Value>[], text: string): Hit<Value>[] {
    const hits: Hit<Value>[] = [];
    let hash = hashOn(0, text, 0, MIN_SEARCHED_CHARS - 1);
    for (let at = MIN_SEARCHED_CHARS - 1; at < text.length; at += 1) {
      const leaving = at < MIN_SEARCHED_CHARS ? 0 : text.charCodeAt(at - MIN_SEARCHED_CHARS);
      hash = (Math.imul(hash - Math.imul(leaving, LEAVING), BASE) + text.charCodeAt(at)) | 0;
      for (const dictionary of all) {
        if (dictionary.#has(hash)) {
          dictionary.#collect(hits, text, at - MIN_SEARCHED_CHARS + 1, hash);
        }
      }
    }
    return hits;
  }

  /** Whether one of the texts of all of them may begin in the first `length` bytes, which are read as Latin-1. */
  static mayContain(all: readonly Dictionary<unknown>[], bytes: Uint8Array, length: number): boolean {
    let hash = 0;
    for (let at = 0; at < length; at += 1) {
      const leaving = at < MIN_SEARCHED_CHARS ? 0 : (bytes[at - MIN_SEARCHED_CHARS] ?? 0);
      hash = (Math.imul(hash - Math.imul(leaving, LEAVING), BASE) + (bytes[at] ?? 0)) | 0;
      if (at < MIN_SEARCHED_CHARS - 1) {
        continue;
      }
      for (const dictionary of all) {
        if (dictionary.#has(hash) && dictionary.#lengths.has(hash)) {
          return true;
        }
      }
    }
    return false;
  }

  #mark(hash: number): void {
    const bit = mixed(hash) & (this.#bits - 1);
    this.#filter[bit >>> 5] = (this.#filter[bit >>> 5] ?? 0) | (1 << (bit & 31));
  }

  #has(hash: number): boolean {
    const bit = mixed(hash) & (this.#bits - 1);
    return ((this.#filter[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0;
  }

  /** The longest text that stands there. It is cut out and compared only where the hashes of its beginnings and of all of it are known. */
  #collect(hits: Hit<Value>[], text: string, start: number, window: number): void {
    let hash = window;
    let hashed = MIN_SEARCHED_CHARS;
    let next = 0;
    let hit: Hit<Value> | undefined;
    for (const length of this.#lengths.get(window) ?? NO_LENGTHS) {
      if (start + length > text.length) {
        break;
      }
      for (let beginning = BEGINNINGS[next]; beginning !== undefined && beginning <= length; ) {
        hash = hashOn(hash, text, start + hashed, start + beginning);
        hashed = beginning;
        if (!this.#has(hash)) {
          return pushInto(hits, hit);
        }
        next += 1;
        beginning = BEGINNINGS[next];
      }
      hash = hashOn(hash, text, start + hashed, start + length);
      hashed = length;
      if (!this.#has(hash ^ WHOLE)) {
        continue;
      }
      const found = text.slice(start, start + length);
      const value = this.#values.get(found);
      if (value !== undefined && !(WORD.test(found) && isWithinWord(text, start, start + length))) {
        hit = { start, end: start + length, value };
      }
    }
    pushInto(hits, hit);
  }
}

function pushInto<Value>(hits: Hit<Value>[], hit: Hit<Value> | undefined): void {
  if (hit !== undefined) {
    hits.push(hit);
  }
}

const NO_LENGTHS: readonly number[] = [];
/** Most texts are alone with how they begin: one list for each length does for them. */
const SINGLE: (readonly number[])[] = [];

function withLength(lengths: readonly number[], length: number): readonly number[] {
  if (lengths.length > 0) {
    return [...lengths, length].sort((a, b) => a - b);
  }
  const single = SINGLE[length] ?? [length];
  SINGLE[length] = single;
  return single;
}

/**
 * Beginnings that texts may have where these stand: a text that begins otherwise does not occur in any of them.
 * A text's own beginning may seem to be among them where it is not, and never the other way round.
 */
export class Windows {
  readonly #filter = new Uint32Array(WINDOWS_BITS / 32);

  addText(text: string): void {
    let hash = hashOn(0, text, 0, MIN_SEARCHED_CHARS - 1);
    for (let at = MIN_SEARCHED_CHARS - 1; at < text.length; at += 1) {
      const leaving = at < MIN_SEARCHED_CHARS ? 0 : text.charCodeAt(at - MIN_SEARCHED_CHARS);
      hash = (Math.imul(hash - Math.imul(leaving, LEAVING), BASE) + text.charCodeAt(at)) | 0;
      const bit = mixed(hash) & (WINDOWS_BITS - 1);
      this.#filter[bit >>> 5] = (this.#filter[bit >>> 5] ?? 0) | (1 << (bit & 31));
    }
  }

  /** @param text of at least {@link MIN_SEARCHED_CHARS} */
  mayHold(text: string): boolean {
    const bit = mixed(hashOn(0, text, 0, MIN_SEARCHED_CHARS)) & (WINDOWS_BITS - 1);
    return ((this.#filter[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0;
  }

  clear(): void {
    this.#filter.fill(0);
  }
}

const WINDOWS_BITS = 2 ** 20;

/** The hash goes on with the characters from `from` to before `to`. */
function hashOn(hash: number, text: string, from: number, to: number): number {
  const end = Math.min(to, text.length);
  let result = hash;
  for (let at = from; at < end; at += 1) {
    result = (Math.imul(result, BASE) + text.charCodeAt(at)) | 0;
  }
  return result;
}

function isWithinWord(text: string, start: number, end: number): boolean {
  return /[A-Za-z0-9]/u.test(text.charAt(start - 1)) || /[A-Za-z0-9]/u.test(text.charAt(end));
}

/** Mixes the hash, whose low bits say little. */
function mixed(hash: number): number {
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 8;
}

function power(base: number, exponent: number): number {
  let result = 1;
  for (let i = 0; i < exponent; i += 1) {
    result = Math.imul(result, base);
  }
  return result;
}
