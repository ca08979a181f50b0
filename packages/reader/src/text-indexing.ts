/** Indexes the texts of a session's messages, a slice at a time. */
import type { Seq } from "@inspector/contract/page";
import type { Database } from "@inspector/session/database";
import { createTextIndexWriter, type IndexedText, partCharsOf } from "@inspector/session/text/text-index";
import { createTextSource } from "@inspector/session/text/text-source";
import { createReadPayload, type PayloadSource } from "./payload.ts";

/** Messages in one transaction, at most. */
const SLICE_MESSAGES = 10_000;
/** Messages, and their bodies with them, in memory at a time. */
const PAGE = 50;

export type TextIndexing = {
  /** Indexes some more. @returns whether there is more to do right now */
  slice(): boolean;
  /** The last message that is indexed. */
  readonly through: Seq;
};

export type TextIndexingOptions = PayloadSource & {
  /** The session. */
  readonly database: Database;
  /** The index: a database of its own, which prepareTextIndex has seen. */
  readonly index: Database;
  /** Size of the index beyond which its oldest part goes. */
  readonly maxBytes: number;
  /** What one transaction takes at most, in ms: the more, the less the index has to be merged. */
  readonly sliceMs: number;
};

export function createTextIndexing(options: TextIndexingOptions): TextIndexing {
  const { queries, database, index, maxBytes, sliceMs } = options;
  const sliceChars = partCharsOf(maxBytes) / 2;
  const writer = createTextIndexWriter(index, maxBytes);
  const source = createTextSource(database, createReadPayload(options));
  let through: Seq = 0;

  function next(after: Seq): IndexedText[] {
    const until = performance.now() + sliceMs;
    const texts: IndexedText[] = [];
    let chars = 0;
    while (texts.length < SLICE_MESSAGES && chars < sliceChars && performance.now() < until) {
      const some = source.after(texts.at(-1)?.seq ?? after, PAGE);
      if (some.length === 0) {
        break;
      }
      texts.push(...some);
      chars += some.reduce((sum, { text }) => sum + text.length, 0);
    }
    return texts;
  }

  return {
    slice() {
      if (through > 0 && through >= queries.lastSeq()) {
        return false;
      }
      const before = through;
      through = writer.extend(next);
      return through > before && through < queries.lastSeq();
    },
    get through() {
      return through;
    },
  };
}
