/** Whether what is decoded from base64 may have a text that is looked for, without decoding it: most often it has none. */
import { MIN_SEARCHED_CHARS } from "./dictionary.ts";
import { bytesInRun, valueOfDigit } from "./encodings.ts";

const ALL = 1 << (MIN_SEARCHED_CHARS - 1);
const SPACE = " ".charCodeAt(0);
/** Stands for a space in a form. */
const PLUS = "+".charCodeAt(0);
/** Longer runs are decoded. */
const MAX_RUN = 4096;

/** The first characters of texts, by their places. */
export class Beginnings {
  /** Of a character (its low eight bits), a bit for each place that it has in some text: 1 for the first. */
  readonly #places = new Uint8Array(256);
  readonly #digits = new Uint8Array(MAX_RUN);

  /** @param text of at least {@link MIN_SEARCHED_CHARS} */
  add(text: string): void {
    for (let at = 0; at < MIN_SEARCHED_CHARS; at += 1) {
      const code = text.charCodeAt(at) & 0xff;
      this.#note(code, at);
      if (code === SPACE) {
        this.#note(PLUS, at);
      }
    }
  }

  #note(code: number, at: number): void {
    this.#places[code] = (this.#places[code] ?? 0) | (1 << at);
  }

  /** At which of the first four digits of a run decoding may have to begin, so that something shows; a bit for each. */
  mayBeIn(run: string): number {
    if (run.length > MAX_RUN) {
      return 0b1111;
    }
    const digits = this.#digits;
    for (let at = 0; at < run.length; at += 1) {
      digits[at] = valueOfDigit(run, at);
    }
    let found = 0;
    for (let from = 0; from < 4; from += 1) {
      if (this.#isInBytes(from, bytesInRun(run, from))) {
        found |= 1 << from;
      }
    }
    return found;
  }

  /** Each byte is held against the places that the bytes before it left possible. */
  #isInBytes(from: number, length: number): boolean {
    const places = this.#places;
    const digits = this.#digits;
    let possible = 0;
    for (let byte = 0, at = from; byte < length; byte += 3, at += 4) {
      const bits =
        ((digits[at] ?? 0) << 18) |
        ((digits[at + 1] ?? 0) << 12) |
        ((digits[at + 2] ?? 0) << 6) |
        (digits[at + 3] ?? 0);
      const first = ((possible << 1) | 1) & (places[bits >> 16] ?? 0);
      const second = ((first << 1) | 1) & (places[(bits >> 8) & 0xff] ?? 0);
      possible = ((second << 1) | 1) & (places[bits & 0xff] ?? 0);
      if (((first | second | possible) & ALL) !== 0) {
        return true;
      }
    }
    return false;
  }
}
