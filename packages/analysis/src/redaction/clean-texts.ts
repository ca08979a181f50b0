/** Texts that were found to hold nothing: names, categories and sentences of logs occur again and again. */
import { Windows } from "./dictionary.ts";

const MAX_TEXTS = 2048;
const MAX_SEEN = 8192;
/** Longer ones are hardly ever the same. */
const MAX_CHARS = 200;

/**
 * A text is remembered when it comes a second time. It is clean as long as no secret becomes known that may occur in it, in any form that
 * it is looked through for: those are its views.
 */
export class CleanTexts {
  readonly #clean = new Set<string>();
  readonly #seen = new Set<string>();
  readonly #windows = new Windows();

  has(text: string): boolean {
    return this.#clean.has(text);
  }

  /** @param viewsOf what a text is looked through as, itself included; asked for only where it is remembered */
  add(text: string, viewsOf: (text: string, visit: (view: string) => void) => void): void {
    if (text.length > MAX_CHARS) {
      return;
    }
    if (!this.#seen.delete(text)) {
      if (this.#seen.size >= MAX_SEEN) {
        this.#seen.clear();
      }
      this.#seen.add(text);
      return;
    }
    if (this.#clean.size >= MAX_TEXTS) {
      this.#forget();
    }
    this.#clean.add(text);
    viewsOf(text, (view) => this.#windows.addText(view));
  }

  /** From now on a text is looked for as well. */
  noteSearched(text: string): void {
    if (this.#clean.size > 0 && this.#windows.mayHold(text)) {
      this.#forget();
    }
  }

  #forget(): void {
    this.#clean.clear();
    this.#windows.clear();
  }
}
