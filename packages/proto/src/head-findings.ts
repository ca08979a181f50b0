import type { ByteView } from "./field-cursor.ts";
import { NUMBER, type NumberSlot, TEXT, type TextSlot } from "./head-plan.ts";
import { readText } from "./head-text.ts";

/** Arrays of their full length are copied in one go, and do not grow slot by slot. */
const NO_NUMBERS: readonly (number | undefined)[] = Object.values(NUMBER).map(() => undefined);
const NO_PLACES: readonly number[] = Object.values(TEXT).flatMap(() => [-1, -1]);

/** What a walk over a message has found: numbers, and the places of texts, which are decoded only when asked for. */
export class Findings {
  /** The value that says most of a run: the first one with HTTP, else the first. */
  binding: Findings | undefined;
  /** Functions counted, and the names of the first ones, joined. */
  functions = 0;
  functionNames = "";
  /** Of functions that have a status: the first one that is no success, else success. */
  functionStatus: number | undefined;
  readonly #view: ByteView;
  readonly #numbers = [...NO_NUMBERS];
  /** Start and end of each slot's text, -1 where there is none: an array of numbers costs less than an object for each. */
  readonly #places = [...NO_PLACES];

  constructor(view: ByteView) {
    this.#view = view;
  }

  setNumber(slot: NumberSlot, value: number): void {
    this.#numbers[slot] = value;
  }

  setText(slot: TextSlot, start: number, end: number): void {
    this.#places[2 * slot] = start;
    this.#places[2 * slot + 1] = end;
  }

  number(slot: NumberSlot): number | undefined {
    return this.#numbers[slot];
  }

  /** At most `max` characters; "" where there is no such text. */
  text(slot: TextSlot, max: number): string {
    const start = this.#places[2 * slot] ?? -1;
    return start < 0 ? "" : readText(this.#view, start, this.#places[2 * slot + 1] ?? start, max);
  }

  /** Whether this is an HTTP request or response with something in it. */
  get isHttp(): boolean {
    const isSet = (slot: TextSlot) => this.#places[2 * slot] !== -1;
    return isSet(TEXT.method) || isSet(TEXT.url) || isSet(TEXT.statusCode);
  }
}
