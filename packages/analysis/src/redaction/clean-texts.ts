/** Texts that were found to hold nothing. */
import { RepeatedTexts } from "./repeated-texts.ts";
import { Windows } from "./windows.ts";

const MAX_TEXTS = 2048;

/**
 * A text is remembered when it comes a second time. It is clean as long as no secret becomes known that may occur in it, in any form that
 * it is looked through for: those are its views.
 */
export class CleanTexts {
  readonly #texts = new RepeatedTexts(MAX_TEXTS);
  readonly #windows = new Windows();

  has(text: string): boolean {
    return this.#texts.has(text);
  }

  /** @param viewsOf what a text is looked through as, itself included; asked for only where it is remembered */
  add(text: string, viewsOf: (text: string, visit: (view: string) => void) => void): void {
    const added = this.#texts.add(text);
    if (added === "noted") {
      return;
    }
    if (added === "first") {
      this.#windows.clear();
    }
    viewsOf(text, (view) => this.#windows.addText(view));
  }

  /** From now on a text is looked for as well. */
  noteSearched(text: string): void {
    if (this.#texts.size > 0 && this.#windows.mayHold(text)) {
      this.#texts.clear();
      this.#windows.clear();
    }
  }
}
