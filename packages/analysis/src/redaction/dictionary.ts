/** Many texts looked for in one, in a time that does not depend on how many they are. */
import { hashOf, mixed, powerOf, prefixHashes } from "./rolling-hash.ts";

/** Shorter texts are not looked for: they occur by chance. */
export const MIN_SEARCHED_CHARS = 6;
/** Of a longer text its beginnings of these lengths are in the filter: many sentences begin with the same words. */
const BEGINNINGS = [16, 32, 64, 256, 1024, 4096, 16_384] as const;
/** Tells the hash of a whole text from that of a beginning. */
const WHOLE = 0x5bd1e995;
/** Texts that were taken out and are in the filter still: with so many it is made anew. */
const MAX_STALE = 200_000;
/** What may be compared in a text, in characters of it and for each of its characters. */
const MIN_WORK = 1_000_000;
const WORK_PER_CHAR = 64;

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
  #stale = 0;
  /** What the search that is under way may still compare. */
  #work = 0;

  /** @param bits of its filter, a power of two: 80 for each text make one place in fifty one to be looked at closer */
  constructor(bits: number) {
    this.#bits = bits;
  }

  get size(): number {
    return this.#values.size;
  }

  get(text: string): Value | undefined {
    return this.#values.get(text);
  }

  /** @param text of at least {@link MIN_SEARCHED_CHARS} */
  add(text: string, value: Value): void {
    if (this.#filter.length === 0) {
      this.#filter = new Uint32Array(this.#bits / 32);
    }
    if (!this.#values.has(text)) {
      this.#note(text);
    }
    this.#values.set(text, value);
  }

  delete(text: string): void {
    if (!this.#values.delete(text)) {
      return;
    }
    this.#stale += 1;
    if (this.#stale >= MAX_STALE) {
      this.#stale = 0;
      this.#filter.fill(0);
      this.#lengths.clear();
      for (const one of this.#values.keys()) {
        this.#note(one);
      }
    }
  }

  #note(text: string): void {
    const start = hashOf(text, 0, MIN_SEARCHED_CHARS);
    this.#mark(start);
    let hash = start;
    let at = MIN_SEARCHED_CHARS;
    for (const length of BEGINNINGS) {
      if (length > text.length) {
        break;
      }
      hash = hashOf(text, at, length, hash);
      at = length;
      this.#mark(hash);
    }
    this.#mark(hashOf(text, at, text.length, hash) ^ WHOLE);
    const lengths = this.#lengths.get(start) ?? NO_LENGTHS;
    if (!lengths.includes(text.length)) {
      this.#lengths.set(start, withLength(lengths, text.length));
    }
  }

  /**
   * Occurrences of its texts, by their starts: the longest at each place. They may overlap.
   *
   * Where there are so many, within one another, that to compare all of them takes too long (one letter a million times, when half of that
   * is looked for), everything from there on is one occurrence.
   */
  find(text: string): readonly Hit<Value>[] {
    if (this.#values.size === 0 || text.length < MIN_SEARCHED_CHARS) {
      return NO_HITS;
    }
    const hashes = prefixHashes(text);
    const leaving = powerOf(MIN_SEARCHED_CHARS);
    this.#work = MIN_WORK + text.length * WORK_PER_CHAR;
    let hits: Hit<Value>[] | undefined;
    for (let end = MIN_SEARCHED_CHARS, start = 0; end <= text.length; end += 1, start += 1) {
      const window = ((hashes[end] ?? 0) - Math.imul(hashes[start] ?? 0, leaving)) | 0;
      const hit = this.#has(window) ? this.#longestAt(text, hashes, start, window) : undefined;
      if (hit !== undefined) {
        hits ??= [];
        hits.push(hit);
      }
      const last = this.#work > 0 ? undefined : hits?.at(-1);
      if (last !== undefined) {
        return [...(hits ?? NO_HITS), { ...last, end: text.length }];
      }
    }
    return hits ?? NO_HITS;
  }

  #mark(hash: number): void {
    const bit = mixed(hash) & (this.#bits - 1);
    this.#filter[bit >>> 5] = (this.#filter[bit >>> 5] ?? 0) | (1 << (bit & 31));
  }

  #has(hash: number): boolean {
    const bit = mixed(hash) & (this.#bits - 1);
    return ((this.#filter[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0;
  }

  /** It is cut out and compared only where the hashes of its beginnings and of all of it are known. */
  #longestAt(text: string, hashes: Int32Array, start: number, window: number): Hit<Value> | undefined {
    const before = hashes[start] ?? 0;
    const lengths = this.#lengths.get(window) ?? NO_LENGTHS;
    let next = 0;
    let hit: Hit<Value> | undefined;
    for (let index = 0; index < lengths.length; index += 1) {
      const length = lengths[index] ?? 0;
      this.#work -= 1;
      if (start + length > text.length) {
        break;
      }
      for (let beginning = BEGINNINGS[next]; beginning !== undefined && beginning <= length; ) {
        if (!this.#has(((hashes[start + beginning] ?? 0) - Math.imul(before, powerOf(beginning))) | 0)) {
          return hit;
        }
        next += 1;
        beginning = BEGINNINGS[next];
      }
      if (!this.#has((((hashes[start + length] ?? 0) - Math.imul(before, powerOf(length))) | 0) ^ WHOLE)) {
        continue;
      }
      this.#work -= length;
      const found = text.slice(start, start + length);
      const value = this.#values.get(found);
      const isOver = this.#work <= 0;
      if (value !== undefined && (isOver || !(WORD.test(found) && isWithinWord(text, start, start + length)))) {
        hit = { start, end: start + length, value };
      }
    }
    return hit;
  }
}

const NO_HITS: readonly never[] = [];
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

function isWithinWord(text: string, start: number, end: number): boolean {
  return /[A-Za-z0-9]/u.test(text.charAt(start - 1)) || /[A-Za-z0-9]/u.test(text.charAt(end));
}
