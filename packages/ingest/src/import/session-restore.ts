/** Makes a session of the lines that it was written as. They are hostile input: only what our own tables have is taken. */
import { InspectorError, reasonOf } from "@inspector/contract/inspector-error";
import { BODY_PART_BYTES } from "@inspector/filter/bodies";
import { FLAG_COMPRESSED } from "@inspector/filter/message-flags";
import { decodeBase64 } from "@inspector/proto";
import { addMessage, type BesideMessage, headOfRow } from "@inspector/session/copied-message";
import { type Database, numberOf, type SqlRow, type SqlValue, textOf } from "@inspector/session/database";
import { BODY_COLUMNS, httpPartBytes, insertRow, ROW_TABLES, type RowTable } from "@inspector/session/session-tables";
import type { Writer } from "@inspector/session/writer";

/** Version of the form. */
export const LINES_VERSION = 1;

type Line = Readonly<Record<string, unknown>>;

type Table = RowTable | "message";

/** A row whose bodies are coming. */
type Pending = {
  readonly table: Table;
  readonly row: SqlRow;
  readonly line: Line;
  /** Bodies that have lines to come, in their order. */
  readonly coming: { readonly column: string; readonly body: number; readonly parts: number; part: number }[];
  readonly bodies: Record<string, number>;
};

const TABLES: ReadonlySet<string> = new Set([...ROW_TABLES, "message"]);

/**
 * States: new -> restoring by the first line -> waiting for the bytes of a row's bodies, and restoring again when they are there -> ended
 * by the last line.
 * All calls stand in the caller's transactions.
 */
export class SessionRestore {
  readonly #database: Database;
  readonly #writer: Writer;
  readonly #columns = new Map<string, ReadonlySet<string>>();
  #isBegun = false;
  #isEnded = false;
  #pending: Pending | undefined;
  #lines = 0;

  /** @param database a session without rows, which `writer` writes */
  constructor(database: Database, writer: Writer) {
    this.#database = database;
    this.#writer = writer;
  }

  /** Whether the last line has come. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** @throws {InspectorError} "not-a-session", "newer-session" */
  add(line: Line): void {
    this.#lines += 1;
    try {
      if (!this.#isBegun) {
        this.#begin(line);
      } else if (this.#pending === undefined) {
        this.#isEnded = line["inspector"] === "end";
        if (!this.#isEnded) {
          this.#addRow(line);
        }
      } else {
        this.#addPart(this.#pending, line);
      }
    } catch (cause) {
      throw cause instanceof InspectorError ? cause : this.#damaged(reasonOf(cause), cause);
    }
  }

  #begin(line: Line): void {
    const { lines, startedAt, version } = line;
    if (typeof lines === "number" && lines > LINES_VERSION) {
      const writer =
        typeof version === "string" && /^[\w.+-]{1,40}$/u.test(version) ? `inspector ${version}` : "a newer one";
      throw new InspectorError("newer-session", `These lines were written by a newer inspector (form ${lines})`, {
        hint: `Install ${writer} to open them.`,
      });
    }
    if (lines !== LINES_VERSION || typeof startedAt !== "number") {
      throw this.#damaged("it does not say when the session began");
    }
    this.#isBegun = true;
    this.#writer.setValue("started_at", String(startedAt));
    for (const key of ["version", "redaction"]) {
      const value = line[key];
      if (typeof value === "string") {
        this.#writer.setValue(key, value);
      }
    }
  }

  #addRow(line: Line): void {
    const table = this.#tableOf(line);
    const row = this.#rowOf(table, line);
    const pending: Pending = { table, row, line, coming: [], bodies: {} };
    const { bodies } = line;
    for (const column of BODY_COLUMNS[table] ?? []) {
      const parts = isLine(bodies) && Object.hasOwn(bodies, column) ? bodies[column] : undefined;
      if (parts === undefined) {
        continue;
      }
      const body = this.#writer.bodies.open();
      pending.bodies[column] = body;
      if (typeof parts === "number" && Number.isInteger(parts) && parts > 0 && parts <= MAX_PARTS) {
        pending.coming.push({ column, body, parts, part: 0 });
      } else if (parts !== null) {
        throw this.#damaged(`"bodies" says nothing of ${column}`);
      }
    }
    if (pending.coming.length === 0) {
      this.#insert(pending);
    } else {
      this.#pending = pending;
    }
  }

  #addPart(pending: Pending, line: Line): void {
    const [body] = pending.coming;
    const bytes = bytesIn(line);
    const most = pending.table === "http_leg" ? httpPartBytes(body?.part ?? 0) : BODY_PART_BYTES;
    if (body === undefined || bytes === undefined) {
      throw this.#damaged("it is no part of a body");
    }
    const isLast = body.part + 1 === body.parts;
    if (bytes.length > most || bytes.length === 0 || (!isLast && bytes.length < most)) {
      throw this.#damaged(`a part of a body has ${bytes.length} bytes`);
    }
    this.#writer.bodies.part(body.body, body.part, bytes);
    body.part += 1;
    if (!isLast) {
      return;
    }
    this.#writer.bodies.complete(body.body);
    pending.coming.shift();
    if (pending.coming.length === 0) {
      this.#pending = undefined;
      this.#insert(pending);
    }
  }

  #insert(pending: Pending): void {
    if (pending.table === "message") {
      this.#addMessage(pending);
    } else {
      insertRow(this.#database, pending.table, { ...pending.row, ...pending.bodies });
    }
  }

  #addMessage({ row, line, bodies }: Pending): void {
    const bytes = bytesIn(line);
    const [size, flags] = [numberOf(row["size"]), numberOf(row["flags"])];
    if (numberOf(row["seq"]) <= this.#writer.lastSeq || (bytes?.length ?? size) !== size) {
      throw this.#damaged(bytes === undefined ? "its number is not the next one" : `it has ${bytes.length} bytes`);
    }
    const body = bodies["body"] ?? (bytes === undefined || size === 0 ? 0 : this.#writer.bodies.whole(bytes));
    const isPlain = (flags & FLAG_COMPRESSED) === 0;
    addMessage(this.#writer, row, {
      stored: { body, size, flags },
      head: headOfRow(row, isPlain ? bytes : undefined),
      beside: besideIn(line),
    });
    const beside = besideIn(line);
    if (beside.flags !== 0) {
      this.#database
        .prepare("INSERT OR REPLACE INTO intervention (seq, flags) VALUES (?, ?)")
        .run(numberOf(row["seq"]), beside.flags);
    }
  }

  #tableOf({ table }: Line): Table {
    if (typeof table !== "string" || !isTable(table)) {
      throw this.#damaged("it is no row of a session");
    }
    return table;
  }

  #rowOf(table: Table, { row }: Line): SqlRow {
    if (!isLine(row)) {
      throw this.#damaged("it has no row");
    }
    const columns = this.#columnsOf(table);
    const values: Record<string, SqlValue> = {};
    for (const [name, value] of Object.entries(row)) {
      if (!columns.has(name) || !(value === null || typeof value === "string" || typeof value === "number")) {
        throw this.#damaged(`"${name.slice(0, 40)}" is nothing that a ${table} has`);
      }
      values[name] = value;
    }
    return values;
  }

  /** Bodies are given anew, and what a recording needs to go on is not taken from a file. */
  #columnsOf(table: Table): ReadonlySet<string> {
    let columns = this.#columns.get(table);
    if (columns === undefined) {
      const names = this.#database
        .prepare(`PRAGMA table_info("${table}")`)
        .all()
        .map(({ name }) => textOf(name) ?? "");
      const own = new Set<string>([...(BODY_COLUMNS[table] ?? []), ...(table === "message" ? ["invocation"] : [])]);
      columns = new Set(names.filter((name) => !own.has(name)));
      this.#columns.set(table, columns);
    }
    return columns;
  }

  #damaged(reason: string, cause?: unknown): InspectorError {
    return new InspectorError("not-a-session", `Line ${this.#lines} of the session cannot be read: ${reason}`, {
      hint: "Ask for the file again: it is damaged, or no inspector wrote it.",
      cause,
    });
  }
}

const MAX_PARTS = 4096;

function isTable(name: string): name is Table {
  return TABLES.has(name);
}

function isLine(value: unknown): value is Line {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function bytesIn({ bytes }: Line): Uint8Array | undefined {
  return typeof bytes === "string" ? decodeBase64(bytes) : undefined;
}

function besideIn({ flags, replay, worker, before }: Line): BesideMessage {
  return {
    flags: typeof flags === "number" ? flags : 0,
    replay: isLine(replay)
      ? { run: Number(replay["run"]), n: Number(replay["n"]), isEdited: replay["isEdited"] === true }
      : undefined,
    worker: typeof worker === "number" ? worker : undefined,
    before: typeof before === "number" ? before : undefined,
  };
}
