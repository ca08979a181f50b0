import type { Seq } from "@inspector/contract/page";
import type { Column } from "./column.ts";
import type { LineColumn } from "./line-column.ts";
import type { RowOrder } from "./row-order.ts";

/**
 * Messages and lines of the log in one order, that of their time, without a list of it: a line's index is the messages before its place and
 * the lines before it. Rows of messages have their numbers, lines the negative of theirs.
 */
export class LogOrder implements RowOrder {
  readonly source: object = this;
  readonly #messages: Column;
  readonly #lines: LineColumn;

  constructor(messages: Column, lines: LineColumn) {
    this.#messages = messages;
    this.#lines = lines;
  }

  get length(): number {
    return this.#messages.length + this.#lines.length;
  }

  get cursor(): Seq {
    return this.#messages.cursor;
  }

  at(index: number): number | undefined {
    const before = this.#linesBefore(index);
    const isLine = before < this.#lines.length && this.#indexOfLine(before) === index;
    return isLine ? -this.#lines.numberAt(before) : this.#messages.at(index - before);
  }

  slice(start: number, end: number): number[] {
    const first = Math.max(0, start);
    const count = Math.max(0, Math.min(end, this.length) - first);
    return Array.from({ length: count }, (_, index) => this.at(first + index) ?? 0);
  }

  indexOf(row: number): number {
    if (row < 0) {
      const line = this.#lines.indexOf(-row);
      return line < 0 ? -1 : this.#indexOfLine(line);
    }
    const message = this.#messages.indexOf(row);
    return message < 0 ? -1 : message + this.#lines.countUpTo(row);
  }

  /** A step from a line that is not in it leads to the first row. */
  lowerBound(row: number): number {
    return row < 0 ? this.indexOf(row) : this.#messages.lowerBound(row) + this.#lines.countUpTo(row);
  }

  #indexOfLine(line: number): number {
    return this.#messages.lowerBound(this.#lines.placeAt(line)) + line;
  }

  /** How many lines have a lower index. */
  #linesBefore(index: number): number {
    let low = 0;
    let high = Math.min(this.#lines.length, index);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#indexOfLine(middle) < index) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
