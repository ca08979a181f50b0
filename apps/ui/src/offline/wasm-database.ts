/** The driver port of packages/session on SQLite in WebAssembly. */
import { InspectorError } from "@inspector/contract/inspector-error";
import { compileExpression } from "@inspector/filter/regex";
import type { Database, SqlRow, SqlValue, Statement } from "@inspector/session/database";
import sqlite3InitModule, {
  type PreparedStatement,
  type Sqlite3Static,
  type Database as WasmConnection,
} from "@sqlite.org/sqlite-wasm";

export type Sqlite = {
  /** Opens bytes of a database, which are copied. Nothing can be written to it. @throws {Error} what SQLite says of them */
  openBytes(bytes: Uint8Array): Database;
  /** Opens a database that lives in memory under a name, which others may ATTACH. It is gone when all have closed it. */
  openMemory(uri: string): Database;
};

/** One statement takes no longer: a page that computes for ever cannot even be told to stop. */
const MAX_STATEMENT_MS = 20_000;
/** Steps of SQLite's machine between two looks at the clock. */
const STEPS_BETWEEN_LOOKS = 100_000;
/** Statements of one connection that are kept for their SQL. */
const MAX_STATEMENTS = 200;

/** The module's own functions, without the checks around them: they are called for every value of every row. */
type RawFunctions = {
  readonly sqlite3_step: (statement: number) => number;
  readonly sqlite3_reset: (statement: number) => number;
  readonly sqlite3_column_type: (statement: number, column: number) => number;
  readonly sqlite3_column_double: (statement: number, column: number) => number;
  readonly sqlite3_column_text: (statement: number, column: number) => number;
  readonly sqlite3_column_blob: (statement: number, column: number) => number;
  readonly sqlite3_column_bytes: (statement: number, column: number) => number;
};

/** Arguments that the module takes and its types leave out. */
type InitOptions = { readonly wasmBinary: Uint8Array; readonly print: () => void; readonly printErr: () => void };

/** A storage whose very name throws, as in a sandboxed frame, would end the module while it is being loaded: it looks for one. */
function hideRefusedStorage(): void {
  for (const name of ["localStorage", "sessionStorage"] as const) {
    try {
      void globalThis[name];
    } catch {
      Object.defineProperty(globalThis, name, { value: undefined, configurable: true });
    }
  }
}

export async function loadSqlite(wasmBinary: Uint8Array): Promise<Sqlite> {
  hideRefusedStorage();
  const init: (options: InitOptions) => Promise<Sqlite3Static> = sqlite3InitModule;
  const sqlite = await init({ wasmBinary, print: () => {}, printErr: () => {} });
  const connect = (name: string): Connection => new Connection(sqlite, new sqlite.oo1.DB(name, "c"));
  return {
    openBytes(bytes) {
      const connection = connect(":memory:");
      try {
        connection.deserialize(bytes);
      } catch (error) {
        connection.close();
        throw error;
      }
      return connection;
    },
    openMemory: connect,
  };
}

class Connection implements Database {
  readonly #sqlite: Sqlite3Static;
  readonly #connection: WasmConnection;
  readonly #raw: RawFunctions;
  /** In the order of their last use. */
  readonly #statements = new Map<string, OpenStatement>();
  #deadline = 0;

  constructor(sqlite: Sqlite3Static, connection: WasmConnection) {
    this.#sqlite = sqlite;
    this.#connection = connection;
    this.#raw = sqlite.wasm.exports;
    const { capi } = sqlite;
    capi.sqlite3_db_config(connection, capi.SQLITE_DBCONFIG_DEFENSIVE, 1, 0);
    capi.sqlite3_progress_handler(
      connection,
      STEPS_BETWEEN_LOOKS,
      () => (performance.now() > this.#deadline ? 1 : 0),
      0,
    );
    connection.createFunction("regexp", (_context, pattern, text) => matches(pattern, text), { deterministic: true });
    this.exec("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY;");
  }

  deserialize(bytes: Uint8Array): void {
    const { capi, wasm } = this.#sqlite;
    const memory = wasm.allocFromTypedArray(bytes);
    // SQLite frees the memory, also where it refuses it.
    const flags = capi.SQLITE_DESERIALIZE_FREEONCLOSE | capi.SQLITE_DESERIALIZE_READONLY;
    const { length } = bytes;
    this.#connection.checkRc(capi.sqlite3_deserialize(this.#connection, "main", memory, length, length, flags));
  }

  exec(sql: string): void {
    // This driver takes no SQL for a mistake.
    if (sql.trim() !== "") {
      this.begin();
      this.#connection.exec(sql);
    }
  }

  prepare(sql: string): Statement {
    const statement = this.#statements.get(sql) ?? this.#prepareNew(sql);
    this.#statements.delete(sql);
    this.#statements.set(sql, statement);
    for (const [oldest, { finalize }] of this.#statements) {
      if (this.#statements.size <= MAX_STATEMENTS) {
        break;
      }
      finalize();
      this.#statements.delete(oldest);
    }
    return statement;
  }

  close(): void {
    for (const { finalize } of this.#statements.values()) {
      finalize();
    }
    this.#statements.clear();
    this.#connection.close();
  }

  /** A statement begins: it has its time from now on. */
  begin(): void {
    this.#deadline = performance.now() + MAX_STATEMENT_MS;
  }

  #prepareNew(sql: string): OpenStatement {
    return openStatement({
      sqlite: this.#sqlite,
      raw: this.#raw,
      connection: this.#connection,
      begin: () => this.begin(),
      prepare: () => this.#connection.prepare(sql),
    });
  }
}

type OpenStatement = Statement & { readonly finalize: () => void };

type StatementOptions = {
  readonly sqlite: Sqlite3Static;
  readonly raw: RawFunctions;
  readonly connection: WasmConnection;
  readonly begin: () => void;
  readonly prepare: () => PreparedStatement;
};

function openStatement({ sqlite, raw, connection, begin, prepare }: StatementOptions): OpenStatement {
  const { capi, wasm } = sqlite;
  const prepared = prepare();
  const pointer = Number(prepared.pointer);
  let names: readonly string[] | undefined;

  function bind(params: readonly SqlValue[]): void {
    begin();
    for (const [index, value] of params.entries()) {
      prepared.bind(index + 1, value);
    }
  }

  /** Whether there is another row. */
  function step(): boolean {
    const result = raw.sqlite3_step(pointer);
    if (result === capi.SQLITE_ROW) {
      return true;
    }
    if (result === capi.SQLITE_INTERRUPT) {
      throw new InspectorError("took-too-long", `That took longer than ${MAX_STATEMENT_MS / 1000} s`, {
        hint: "Narrow it down: to a stretch of time, or to a kind of message.",
      });
    }
    if (result !== capi.SQLITE_DONE) {
      connection.checkRc(result);
    }
    return false;
  }

  function valueAt(column: number): SqlValue {
    switch (raw.sqlite3_column_type(pointer, column)) {
      case capi.SQLITE_INTEGER:
      case capi.SQLITE_FLOAT:
        return raw.sqlite3_column_double(pointer, column);
      case capi.SQLITE_TEXT:
        return UTF8.decode(bytesAt(raw.sqlite3_column_text(pointer, column), column));
      case capi.SQLITE_BLOB:
        return bytesAt(raw.sqlite3_column_blob(pointer, column), column).slice();
      default:
        return null;
    }
  }

  /** In the module's memory, until the next step. */
  function bytesAt(start: number, column: number): Uint8Array {
    return wasm.heap8u().subarray(start, start + raw.sqlite3_column_bytes(pointer, column));
  }

  function row(): SqlRow {
    names ??= prepared.getColumnNames();
    const values: Record<string, SqlValue> = {};
    for (const [column, name] of names.entries()) {
      values[name] = valueAt(column);
    }
    return values;
  }

  function within<T>(params: readonly SqlValue[], work: () => T): T {
    try {
      bind(params);
      return work();
    } finally {
      raw.sqlite3_reset(pointer);
    }
  }

  return {
    run: (...params) =>
      within(params, () => {
        while (step()) {
          // Rows of what is run are of no interest.
        }
      }),
    get: (...params) => within(params, () => (step() ? row() : undefined)),
    all: (...params) =>
      within(params, () => {
        const rows: SqlRow[] = [];
        while (step()) {
          rows.push(row());
        }
        return rows;
      }),
    finalize: () => void prepared.finalize(),
  };
}

const UTF8 = new TextDecoder();

/** SQL's `regexp(pattern, text)`; see compileFilter in packages/filter. */
function matches(pattern: unknown, text: unknown): number | null {
  return text === null ? null : Number(compileExpression(String(pattern)).test(String(text)));
}
