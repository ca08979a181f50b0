/**
 * The one thing this package needs of SQLite: a synchronous driver, as Node's and the WebAssembly build's both are.
 * Integers come back as numbers; nothing in a session exceeds 2^53.
 */
export type SqlValue = null | number | string | Uint8Array;

export type SqlRow = Readonly<Record<string, SqlValue>>;

export type Statement = {
  run(...params: SqlValue[]): unknown;
  get(...params: SqlValue[]): SqlRow | undefined;
  all(...params: SqlValue[]): SqlRow[];
};

export type Database = {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
};

export function numberOf(value: SqlValue | undefined): number {
  return typeof value === "number" ? value : 0;
}

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
