import type { Database, SqlValue } from "./database.ts";

/** Rows in one statement: most of what a small row costs is the call. */
const ROWS = 16;

/** Inserts rows of one table, many in one statement. */
export type BulkInsert = {
  /** One value a column. The row is in the table after {@link flush} at the latest. */
  add(...values: SqlValue[]): void;
  flush(): void;
};

/** @param ending what follows the values, such as ON CONFLICT */
export function createBulkInsert(
  database: Database,
  table: string,
  columns: readonly string[],
  ending = "",
): BulkInsert {
  const marks = `(${columns.map(() => "?").join(", ")})`;
  const statement = (rows: number) => {
    const values = Array.from({ length: rows }, () => marks).join(", ");
    return database.prepare(`INSERT INTO ${table} (${columns.join(", ")}) VALUES ${values} ${ending}`);
  };
  const many = statement(ROWS);
  const one = statement(1);
  const full = ROWS * columns.length;
  const waiting = new Array<SqlValue>(full).fill(null);
  let filled = 0;
  return {
    add(...values) {
      for (const value of values) {
        waiting[filled] = value;
        filled += 1;
      }
      if (filled === full) {
        filled = 0;
        many.run(...waiting);
      }
    },
    flush() {
      const left = waiting.slice(0, filled);
      filled = 0;
      for (let at = 0; at < left.length; at += columns.length) {
        one.run(...left.slice(at, at + columns.length));
      }
    },
  };
}
