import type { Seq } from "@inspector/contract/page";
import type { Column } from "./column.ts";

/** Rows of a list by their places: a {@link Column} in the order in which they began, or {@link SortedRows} in another. */
export type RowOrder = Pick<Column, "source" | "length" | "cursor" | "at" | "slice" | "indexOf" | "lowerBound">;

/** The first rows of a list in another order. It does not change: what the session says next is another one of the same source. */
export class SortedRows implements RowOrder {
  readonly source: object;
  /** All that there was has been looked at. */
  readonly cursor = Number.MAX_SAFE_INTEGER;
  readonly #ids: readonly Seq[];
  readonly #places: ReadonlyMap<Seq, number>;

  /** @param source is the same for all answers to one question */
  constructor(source: object, ids: readonly Seq[]) {
    this.source = source;
    this.#ids = ids;
    this.#places = new Map(ids.map((id, place) => [id, place]));
  }

  get length(): number {
    return this.#ids.length;
  }

  at(index: number): Seq | undefined {
    return this.#ids[index];
  }

  slice(start: number, end: number): Seq[] {
    return this.#ids.slice(Math.max(0, start), end);
  }

  indexOf(seq: Seq): number {
    return this.#places.get(seq) ?? -1;
  }

  /** Numbers say nothing of places here: a step from a row that is not in it leads to the first one. */
  lowerBound(seq: Seq): number {
    return this.indexOf(seq);
  }
}
