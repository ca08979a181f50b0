/** The questions that wait for a reader, and which is next. */
import type { Asked } from "./lines.ts";

/** What pages ask for again and again by themselves, and what looks at much of a session for it. */
const BACKGROUND: ReadonlySet<string> = new Set([
  "workers",
  "problems",
  "overview",
  "functions",
  "functions/totals",
  "http",
]);

/** So many others go before such a question, and no more. */
const MAX_BEFORE = 20;

/**
 * What somebody waits for goes before what pages only bring up to date: of a million messages that takes hundreds of
 * milliseconds each time. Otherwise the order is that in which they came.
 */
export class WaitingQuestions {
  readonly #asked = new Map<number, Asked>();
  readonly #background = new Map<number, Asked>();
  #before = 0;

  get size(): number {
    return this.#asked.size + this.#background.size;
  }

  add(id: number, asked: Asked): void {
    (isBackground(asked) ? this.#background : this.#asked).set(id, asked);
  }

  drop(id: number): void {
    this.#asked.delete(id);
    this.#background.delete(id);
  }

  /** Takes out the next. */
  take(): readonly [number, Asked] | undefined {
    const [asked] = this.#asked;
    const [background] = this.#background;
    const isTurn = asked === undefined || this.#before >= MAX_BEFORE;
    const next = background !== undefined && isTurn ? background : asked;
    if (next === undefined) {
      return undefined;
    }
    this.#before = background === undefined || next === background ? 0 : this.#before + 1;
    this.drop(next[0]);
    return next;
  }
}

function isBackground(asked: Asked): boolean {
  return asked.name === "page" && BACKGROUND.has(asked.given[0].path);
}
