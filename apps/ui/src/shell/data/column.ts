import type { Seq } from "@inspector/contract/page";
import { FrameSignal, type Schedule } from "./frame-signal.ts";

const FIRST_CAPACITY = 1024;

/** Of so few new rows the contents are there in a moment: the list grows when they are. */
const FEW_ROWS = 50;

/**
 * The sequence numbers of one view, ascending, four bytes a row.
 *
 * It changes in place: a million rows are never copied because one arrived (the buffer doubles when it is full).
 * React reads it through `signal`.
 */
export class Column {
  readonly signal: FrameSignal;
  /** What two states of the same rows have in common. */
  readonly source: object = this;
  #seqs = new Uint32Array(FIRST_CAPACITY);
  #length = 0;
  #cursor: Seq = 0;

  constructor(schedule: Schedule) {
    this.signal = new FrameSignal(schedule);
  }

  get length(): number {
    return this.#length;
  }

  /** Highest number that was looked at for this view: where a lost connection resumes. */
  get cursor(): Seq {
    return this.#cursor;
  }

  at(index: number): Seq | undefined {
    return index >= 0 && index < this.#length ? this.#seqs[index] : undefined;
  }

  /** The numbers from index `start` up to, not including, `end`. */
  slice(start: number, end: number): Seq[] {
    return Array.from(this.#seqs.subarray(Math.max(0, start), Math.min(end, this.#length)));
  }

  /** Index of the first row whose number is `seq` or higher; `length` when there is none. */
  lowerBound(seq: Seq): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#seqs[middle] ?? 0) < seq) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Index of `seq`, or -1 when the view does not hold it. */
  indexOf(seq: Seq): number {
    const index = this.lowerBound(seq);
    return this.at(index) === seq ? index : -1;
  }

  /**
   * Takes in what a frame brought: mostly what is new at the end. A frame may bring rows beyond its own cursor (the end of a stream
   * changes all that waited in it), and the frame that gets there brings them again.
   */
  take(ids: Uint32Array, gone: Uint32Array, cursor: Seq): void {
    const [first] = ids;
    const last = this.at(this.#length - 1) ?? 0;
    const isGrowth = gone.length === 0 && (first === undefined || first > Math.max(last, this.#cursor));
    if (isGrowth) {
      this.append(ids, cursor);
    } else {
      this.merge(ids, gone, cursor);
    }
  }

  /**
   * Adds what is new at the end, ascending. Numbers at or below the cursor were looked at before, so a frame that overlaps with
   * what is here (sent twice around a reconnect) adds no row twice.
   */
  append(seqs: Uint32Array, cursor: Seq): void {
    const fresh = seqs.subarray(firstAbove(seqs, this.#cursor));
    const isFew = this.#length > 0 && fresh.length <= FEW_ROWS;
    this.#reserve(this.#length + fresh.length);
    this.#seqs.set(fresh, this.#length);
    this.#length += fresh.length;
    this.#cursor = Math.max(this.#cursor, cursor);
    if (fresh.length > 0) {
      this.signal.raise(isFew ? "soon" : "frame");
    }
  }

  /**
   * Takes in what changed at any place: `ids` are in it from now on, `gone` are
   * not. Neither is in any order.
   */
  merge(ids: Uint32Array, gone: Uint32Array, cursor: Seq): void {
    const fresh = ids.filter((id) => this.indexOf(id) < 0).sort();
    const isFew = this.#length > 0 && fresh.length <= FEW_ROWS;
    const isLeaving = gone.some((id) => this.indexOf(id) >= 0);
    if (isLeaving) {
      this.#remove(new Set(gone));
    }
    if (fresh.length > 0) {
      this.#insert(fresh);
    }
    this.#cursor = Math.max(this.#cursor, cursor);
    if (fresh.length > 0 || isLeaving) {
      this.signal.raise(isFew && !isLeaving ? "soon" : "frame");
    }
  }

  #remove(gone: ReadonlySet<Seq>): void {
    const kept = this.#seqs.subarray(0, this.#length).filter((seq) => !gone.has(seq));
    this.#seqs.set(kept);
    this.#length = kept.length;
  }

  /** Merges from the end, so that what is new at the end moves nothing. `fresh` is ascending and not in the view yet. */
  #insert(fresh: Uint32Array): void {
    this.#reserve(this.#length + fresh.length);
    let from = this.#length - 1;
    let to = this.#length + fresh.length - 1;
    for (let next = fresh.length - 1; next >= 0; to--) {
      const id = fresh[next] ?? 0;
      const here = from >= 0 ? (this.#seqs[from] ?? 0) : -1;
      this.#seqs[to] = Math.max(id, here);
      if (here > id) {
        from--;
      } else {
        next--;
      }
    }
    this.#length += fresh.length;
  }

  #reserve(length: number): void {
    if (length <= this.#seqs.length) {
      return;
    }
    const grown = new Uint32Array(Math.max(length, this.#seqs.length * 2));
    grown.set(this.#seqs.subarray(0, this.#length));
    this.#seqs = grown;
  }
}

function firstAbove(seqs: Uint32Array, cursor: Seq): number {
  let index = 0;
  while (index < seqs.length && (seqs[index] ?? 0) <= cursor) {
    index++;
  }
  return index;
}
