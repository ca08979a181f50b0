/**
 * The one thing this package needs of SQLite: a synchronous driver, as Node's and the WebAssembly build's both are.
 * Integers come back as numbers; nothing in a session exceeds 2^53.
 */
export type SqlValue = null | number | string | Uint8Array;

/** A row, its values by the names of its columns. */
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** A prepared statement. It may be asked again, with other parameters, as long as its database is open. */
export type Statement = {
  run(...params: SqlValue[]): unknown;
  get(...params: SqlValue[]): SqlRow | undefined;
  all(...params: SqlValue[]): SqlRow[];
};

/** One connection to a database. A statement throws what the driver throws: an Error with SQLite's `errcode`. */
export type Database = {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
};

/** 0 for what is no number, as a hostile session may have it. */
export function numberOf(value: SqlValue | undefined): number {
  return typeof value === "number" ? value : 0;
}

/** Undefined for what is no text. */
export function textOf(value: SqlValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Runs `work` in one write transaction: all of it is stored, or nothing. */
export function inTransaction<T>(database: Database, work: () => T): T {
  return within(database, "BEGIN IMMEDIATE", work);
}

/** What `work` reads is all of one moment, while others write. */
export function inSnapshot<T>(database: Database, work: () => T): T {
  return within(database, "BEGIN DEFERRED", work);
}

function within<T>(database: Database, begin: string, work: () => T): T {
  database.exec(begin);
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    // SQLite has rolled back by itself after some errors, a full disk among them.
    try {
      database.exec("ROLLBACK");
    } catch {}
    throw error;
  }
}
