/** The text index of a session in this page: in memory beside it, built in short turns between all else that the page does. */
import type { PayloadSource } from "@inspector/reader/payload";
import { createSessionText, type SessionText, type StartIndexing } from "@inspector/reader/session-text";
import { createTextIndexing } from "@inspector/reader/text-indexing";
import type { Database } from "@inspector/session/database";
import { prepareTextIndex } from "@inspector/session/text/text-index";
import type { Sqlite } from "./wasm-database.ts";

/** The page has rows before the first turn. */
const FIRST_TURN_MS = 1000;
/** A turn, and the pause that belongs to the page. */
const TURN_MS = 30;
const PAUSE_MS = 40;
/** What the index may take of the page's memory. */
const MAX_INDEX_BYTES = 256 * 1024 * 1024;

export type TextOptions = PayloadSource & {
  readonly sqlite: Sqlite;
  readonly database: Database;
  /** Tells indexes of one page apart. */
  readonly number: number;
  readonly onProgress: () => void;
};

export function createTextInPage(options: TextOptions): SessionText {
  const { sqlite, database, queries, number, onProgress } = options;
  const name = `file:/text-${number}?vfs=memdb`;
  const startIndexing: StartIndexing = (_, onMessage) => {
    const index = sqlite.openMemory(name);
    prepareTextIndex(index, "", queries.lastSeq());
    const indexing = createTextIndexing({ ...options, index, maxBytes: MAX_INDEX_BYTES, sliceMs: TURN_MS });
    let timer = setTimeout(takeTurn, FIRST_TURN_MS);

    function takeTurn(): void {
      try {
        if (indexing.slice()) {
          timer = setTimeout(takeTurn, PAUSE_MS);
        }
        onMessage({ type: "indexed" });
      } catch (error) {
        onMessage({ type: "fault", reason: String(error) });
      }
    }

    return {
      stop() {
        clearTimeout(timer);
        index.close();
      },
    };
  };
  return createSessionText({ database, session: "", index: name, startIndexing, onProgress });
}
