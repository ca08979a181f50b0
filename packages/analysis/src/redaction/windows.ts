/** What may occur in any of many texts, told from parts of it. */
import { MIN_SEARCHED_CHARS } from "./dictionary.ts";
import { mixed, powerOf, prefixHashes } from "./rolling-hash.ts";

const BITS = 2 ** 20;

/**
 * Parts of {@link MIN_SEARCHED_CHARS} characters that stand in texts: a text with another part does not occur in any of them.
 * A part may seem to be among them where it is not, and never the other way round.
 */
export class Windows {
  readonly #filter = new Uint32Array(BITS / 32);

  addText(text: string): void {
    eachWindow(text, (hash) => {
      const bit = mixed(hash) & (BITS - 1);
      this.#filter[bit >>> 5] = (this.#filter[bit >>> 5] ?? 0) | (1 << (bit & 31));
      return true;
    });
  }

  /** @param text of at least {@link MIN_SEARCHED_CHARS} */
  mayHold(text: string): boolean {
    return eachWindow(text, (hash) => {
      const bit = mixed(hash) & (BITS - 1);
      return ((this.#filter[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0;
    });
  }

  clear(): void {
    this.#filter.fill(0);
  }
}

/** Shows the hash of each part, as long as `goesOn` says so. @returns whether it was shown all of them */
function eachWindow(text: string, goesOn: (hash: number) => boolean): boolean {
  const hashes = prefixHashes(text);
  const leaving = powerOf(MIN_SEARCHED_CHARS);
  for (let start = 0, end = MIN_SEARCHED_CHARS; end <= text.length; start += 1, end += 1) {
    if (!goesOn(((hashes[end] ?? 0) - Math.imul(hashes[start] ?? 0, leaving)) | 0)) {
      return false;
    }
  }
  return true;
}
