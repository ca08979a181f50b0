/**
 * Values that host and worker handed each other in shared memory (capability SharedMemoryDataTransfer): a message only
 * names the map, whose content was copied as the message passed.
 */
import type { Nanos, Seq, SharedMemoryCopy } from "@inspector/contract/page";
import { IS_COPY_GONE } from "@inspector/filter/bodies";
import { type Database, numberOf, type SqlRow, textOf } from "./database.ts";
import { optional } from "./sql-values.ts";

/**
 * `message` is NULL until the message that names the map is complete. `body` is the number of the map's content in
 * table `body`, of which `stored` of `size` bytes are there. `file` is the link that keeps them until all are. Since version 3.
 */
export const SHARED_MEMORY_SCHEMA = `
CREATE TABLE shared_memory (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  stream INTEGER NOT NULL REFERENCES stream(id),
  message INTEGER,
  name TEXT NOT NULL,
  size INTEGER NOT NULL DEFAULT 0,
  stored INTEGER NOT NULL DEFAULT 0,
  body INTEGER NOT NULL DEFAULT 0,
  file TEXT,
  problem TEXT,
  UNIQUE (stream, name, id)
);
`;

/** In a map's file before the content: one byte that is 1 once the map is in use, and the length of the content, int64 little-endian. */
export const MAP_HEADER_BYTES = 9;

/** A map that a message named: a copy of it that is on its way, or why there is none. */
export type SharedMemoryFacts = {
  readonly at: Nanos;
  readonly stream: number;
  readonly name: string;
} & ({ readonly file: string; readonly size: number; readonly body: number } | { readonly problem: string });

/** A map that is being copied. */
export type OpenCopy = {
  readonly id: number;
  readonly file: string;
  readonly body: number;
  readonly size: number;
  readonly stored: number;
};

/** Writes what was in shared memory: named first, then joined to its message and completed, in any order. */
export type SharedMemoryWriter = {
  /** @returns the row's number */
  named(facts: SharedMemoryFacts): number;
  /** The message that names it is complete. */
  belongs(id: number, message: Seq): void;
  /** The oldest map from this number on whose link is still there; undefined where there is none. */
  nextCopy(from: number): OpenCopy | undefined;
  /** Number of the newest row; 0 for none. */
  newest(): number;
  copied(id: number, stored: number): void;
  /** Its link is taken away: what is stored is all there will be. */
  closed(id: number, problem?: string): void;
};

/** Writes in the transaction of whoever calls. */
export function createSharedMemoryWriter(database: Database): SharedMemoryWriter {
  return {
    named(facts) {
      const { at, stream, name } = facts;
      const { size, body, file, problem } = { size: 0, body: 0, file: null, problem: null, ...facts };
      const row = database
        .prepare(
          `INSERT INTO shared_memory (at, stream, name, size, body, file, problem)
           VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id`,
        )
        .get(at, stream, name, size, body, file, problem);
      return numberOf(row?.["id"]);
    },
    belongs(id, message) {
      database.prepare("UPDATE shared_memory SET message = ? WHERE id = ?").run(message, id);
    },
    nextCopy(from) {
      const row = database
        .prepare("SELECT * FROM shared_memory WHERE id >= ? AND file IS NOT NULL ORDER BY id LIMIT 1")
        .get(from);
      if (row === undefined) {
        return undefined;
      }
      const { id, file, body, size, stored } = row;
      return {
        id: numberOf(id),
        file: textOf(file) ?? "",
        body: numberOf(body),
        size: numberOf(size),
        stored: numberOf(stored),
      };
    },
    newest: () => numberOf(database.prepare("SELECT max(id) AS id FROM shared_memory").get()?.["id"]),
    copied(id, stored) {
      database.prepare("UPDATE shared_memory SET stored = ? WHERE id = ?").run(stored, id);
    },
    closed(id, problem) {
      database.prepare("UPDATE shared_memory SET file = NULL, problem = ? WHERE id = ?").run(problem ?? null, id);
    },
  };
}

/** Asks for what was in shared memory. */
export type SharedMemoryQueries = {
  /** The copy of a map that a message names, of several the one that was made for this message. */
  find(message: Seq, name: string): StoredMap | undefined;
};

export type StoredMap = SharedMemoryCopy & {
  /** Number of its content in table `body`; 0 for none. */
  readonly body: number;
};

/** Prepares the statements. */
export function createSharedMemoryQueries(database: Database): SharedMemoryQueries {
  // A message that was put in another's place names the same maps.
  const found = database.prepare(
    `SELECT *, ${IS_COPY_GONE} AS is_dropped FROM shared_memory
     WHERE stream = (SELECT stream FROM message WHERE seq = ?) AND name = ?
     ORDER BY message IS ? DESC, id DESC LIMIT 1`,
  );
  return {
    find(message, name) {
      const row = found.get(message, name, message);
      return row === undefined ? undefined : mapOf(row);
    },
  };
}

function mapOf(row: SqlRow): StoredMap {
  const body = numberOf(row["body"]);
  return {
    name: textOf(row["name"]) ?? "",
    body,
    size: numberOf(row["size"]),
    stored: numberOf(row["stored"]),
    ...(body > 0 && row["is_dropped"] === 1 && { isDropped: true as const }),
    ...optional("problem", textOf(row["problem"])),
  };
}
