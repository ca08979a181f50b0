/** Indexes the texts of a session's messages, a slice at a time. */

import type { Seq } from "@inspector/contract/page";
import { createTextIndexing } from "@inspector/reader/text-indexing";
import type { Database } from "@inspector/session/database";
import { createQueries, type Queries } from "@inspector/session/queries";
import { prepareTextIndex } from "@inspector/session/text/text-index";
import { decompress } from "../decompress.ts";
import { removeTextIndex } from "../session-files.ts";
import { openForReading, openTextIndex } from "../sqlite.ts";

/** Bytes that an index may take with its log: it holds the newest two million messages of 500 bytes. */
export const MAX_INDEX_BYTES = 2 * 1024 * 1024 * 1024;

/** What one transaction takes, in ms: the more, the less the index has to be merged. */
const SLICE_MS = 250;

export type TextIndexer = {
  /** Indexes some more. @returns whether there is more to do right now */
  slice(): boolean;
  /** The last message of the session. */
  readonly last: Seq;
  /** The last message that is indexed. */
  readonly through: Seq;
  close(): void;
};

/**
 * @param maxBytes what the index may take on the disk; its oldest part goes when half of that is in use, since the part that
 * is written, what is merged and the log come on top
 * @throws what SQLite throws where the index cannot be written
 */
export function createTextIndexer(session: string, index: string, maxBytes = MAX_INDEX_BYTES): TextIndexer {
  const database = openForReading(session);
  const queries = createQueries(database);
  const written = openPrepared(database, queries, index);
  const pageSize = Number(written.prepare("PRAGMA page_size").get()?.["page_size"]);
  written.exec(`PRAGMA wal_autocheckpoint = ${Math.min(1000, Math.ceil(maxBytes / 16 / pageSize))};
    PRAGMA journal_size_limit = ${Math.floor(maxBytes / 4)};`);
  const indexing = createTextIndexing({
    queries,
    decompress,
    database,
    index: written,
    maxBytes: maxBytes / 2,
    sliceMs: SLICE_MS,
  });

  return {
    slice: () => indexing.slice(),
    get last() {
      return queries.lastSeq();
    },
    get through() {
      return indexing.through;
    },
    close() {
      written.close();
      database.close();
    },
  };
}

/** An index that is not of this session, or that is damaged, is made anew. */
function openPrepared(database: Database, queries: Queries, index: string): Database {
  const id = String(database.prepare("SELECT value FROM session WHERE key = 'id'").get()?.["value"]);
  for (const isLastTry of [false, true]) {
    const opened = openTextIndex(index);
    try {
      if (prepareTextIndex(opened, id, queries.lastSeq())) {
        return opened;
      }
    } catch (error) {
      if (isLastTry) {
        throw error;
      }
    }
    opened.close();
    removeTextIndex(index);
  }
  throw new Error(`${index} cannot be made`);
}
