import type { Seq } from "@inspector/contract/page";
import { FrameSignal, type Schedule } from "./frame-signal.ts";

const FIRST_CAPACITY = 256;

/**
 * The lines of one view, in the order of their time, each with its place: the number of the message before which it stands.
 *
 * It changes in place, as {@link import("./column.ts").Column} does, and only grows.
 */
export class LineColumn {
  readonly signal: FrameSignal;
  /** Numbers and places in turn. */
  #pairs = new Uint32Array(2 * FIRST_CAPACITY);
  #length = 0;
  #cursor = 0;

  constructor(schedule: Schedule) {
    this.signal = new FrameSignal(schedule);
  }

  get length(): number {
    return this.#length;
  }

  /** The last event that was looked at: where a lost connection resumes. */
  get cursor(): number {
    return this.#cursor;
  }

  /** @throws RangeError for an index that there is not */
  numberAt(index: number): number {
    return this.#wordAt(2 * index);
  }

  /** @throws RangeError for an index that there is not */
  placeAt(index: number): Seq {
    return this.#wordAt(2 * index + 1);
  }

  /** Index of a line, or -1 when the view does not hold it. */
  indexOf(number: number): number {
    for (let index = 0; index < this.#length; index += 1) {
      if (this.#pairs[2 * index] === number) {
        return index;
      }
    }
    return -1;
  }

  /** How many lines stand before the first one whose place is higher than `seq`. */
  countUpTo(seq: Seq): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.placeAt(middle) <= seq) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** @param pairs numbers and places in turn. Whoever resumes is told again of some lines that are here */
  take(pairs: Uint32Array, _gone: Uint32Array, cursor: number): void {
    this.#reserve(this.#length + pairs.length / 2);
    const isResumed = this.#cursor > 0;
    for (let at = 0; at + 1 < pairs.length; at += 2) {
      const number = pairs[at] ?? 0;
      // Events are told once; which ends of streams are known, nobody asks.
      if (isResumed && number % 2 === 1 && this.indexOf(number) >= 0) {
        continue;
      }
      const last = this.#length === 0 ? 0 : this.placeAt(this.#length - 1);
      this.#pairs[2 * this.#length] = number;
      this.#pairs[2 * this.#length + 1] = Math.max(pairs[at + 1] ?? 0, last);
      this.#length += 1;
    }
    this.#cursor = Math.max(this.#cursor, cursor);
    this.signal.raise();
  }

  #wordAt(index: number): number {
    const word = this.#pairs[index];
    if (index < 0 || index >= 2 * this.#length || word === undefined) {
      throw new RangeError(`There is no line ${index >> 1}`);
    }
    return word;
  }

  #reserve(length: number): void {
    if (2 * length <= this.#pairs.length) {
      return;
    }
    const grown = new Uint32Array(Math.max(2 * length, this.#pairs.length * 2));
    grown.set(this.#pairs.subarray(0, 2 * this.#length));
    this.#pairs = grown;
  }
}
