/**
 * The session in a page: base64 of its gzipped bytes, in elements of their own at the end of the document, so that each can be decoded by itself
 * and no character of it could end an element.
 */
import { InspectorError } from "@inspector/contract/inspector-error";
import { decodeUtf8, parseBase64 } from "@inspector/proto";

export const PART_BEGINS = '<script type="text/plain" class="session-part">';
export const PART_ENDS = "</script>";

/** The page's own script has the words that a part begins with, too: as a text, which a quotation mark ends. */
const BASE64_BEGINS = /[A-Za-z0-9+/]/u;

const PAGE_BEGINS = /^\uFEFF?\s*<(?:!doctype html|html)[\s>]/iu;

/** Whether a file is a page, by its first bytes; with a session in it or without. */
export function isPage(head: Uint8Array): boolean {
  return PAGE_BEGINS.test(decodeUtf8(head.subarray(0, 256)));
}

/**
 * Reads the gzipped session out of a page, as far as chunks of it come: what is in memory is a chunk, however long a part is.
 * @param file its name, for what is said of it
 * @throws {InspectorError} "not-a-session" where there is none, or where it is no base64
 */
export async function* sessionInPage(file: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const parts = new PageParts(file);
  for await (const chunk of chunks) {
    yield* parts.append(chunk);
  }
  parts.finish();
}

/** States: before a part <-> within a part, by its beginning and by the next `<`. */
class PageParts {
  readonly #file: string;
  #ahead = "";
  #isWithin = false;
  #count = 0;

  constructor(file: string) {
    this.#file = file;
  }

  *append(chunk: Uint8Array): Generator<Uint8Array> {
    // A character that two chunks share is none of those that are looked for.
    this.#ahead += decodeUtf8(chunk);
    for (;;) {
      const at = this.#ahead.indexOf(this.#isWithin ? "<" : PART_BEGINS);
      if (!this.#isWithin) {
        const content = at + PART_BEGINS.length;
        if (at < 0 || content === this.#ahead.length) {
          this.#ahead = this.#ahead.slice(at < 0 ? 1 - PART_BEGINS.length : at);
          return;
        }
        this.#isWithin = BASE64_BEGINS.test(this.#ahead.charAt(content));
        this.#count += this.#isWithin ? 1 : 0;
        this.#ahead = this.#ahead.slice(content);
        continue;
      }
      const text = at < 0 ? this.#ahead : this.#ahead.slice(0, at);
      // Four characters are three bytes; those that are left wait for more.
      const usable = at < 0 ? text.length - (text.length % 4) : text.length;
      yield this.#decode(text.slice(0, usable));
      this.#ahead = this.#ahead.slice(usable);
      if (at < 0) {
        return;
      }
      this.#isWithin = false;
    }
  }

  finish(): void {
    if (this.#count === 0) {
      throw new InspectorError("not-a-session", `${this.#file} is a page without a session in it`, {
        hint: "Take the file that `inspector export --format html` wrote: what a browser saves of the page has no session.",
      });
    }
    if (this.#isWithin) {
      throw this.#damaged("it is cut off");
    }
  }

  #decode(text: string): Uint8Array {
    const bytes = text.length % 4 === 0 ? parseBase64(text) : undefined;
    if (bytes === undefined) {
      throw this.#damaged(`part ${this.#count} of its session is no base64`);
    }
    return bytes;
  }

  #damaged(reason: string): InspectorError {
    return new InspectorError("not-a-session", `The session in ${this.#file} cannot be read: ${reason}`, {
      hint: "Ask for the file again: it is damaged, or not all of it came.",
    });
  }
}
