/**
 * A copy of a session, or of a part of it, without its secrets: what every format is written from, so that none of them ever sees what
 * is not to leave.
 */
import { randomBytes } from "node:crypto";
import { setImmediate as letSignalsIn } from "node:timers/promises";
import type { Redactor } from "@inspector/analysis/redaction/redactor";
import { type RedactedTable, redactRow } from "@inspector/analysis/redaction/session-rows";
import type { ReplacedPlace } from "@inspector/contract/export";
import type { Seq } from "@inspector/contract/page";
import {
  type Database,
  inTransaction,
  numberOf,
  type SqlRow,
  type SqlValue,
  textOf,
} from "@inspector/session/database";
import { prepareForWriting, readMeta } from "@inspector/session/open-session";
import type { Queries } from "@inspector/session/queries";
import { FIRST_TABLES, insertRow, ROW_TABLES, type RowTable } from "@inspector/session/session-tables";
import { createWriter, type Writer } from "@inspector/session/writer";
import { makeOneFile, openForWriting } from "../sqlite.ts";
import { copyMessage, createMessageSource, type MessageSource } from "./copy-messages.ts";
import { copyHttpBody, copyMap, learnHttpBody, learnMap } from "./recorded-values.ts";

/** The event of a line that a process wrote. */
export const PROCESS_OUTPUT = "process-output";

/** Messages in one transaction. */
const BATCH = 500;

/** Where the tables of a session ended when its export began: what is recorded meanwhile was not learnt from, so it is not copied. */
export type Ends = Readonly<Record<RowTable | "message", number>>;

export function endsOf(database: Database): Ends {
  const ends = [...ROW_TABLES, "message" as const].map((table) => {
    const found = table === "function" ? undefined : database.prepare(`SELECT max(rowid) AS place FROM ${table}`).get();
    return [table, numberOf(found?.["place"])];
  });
  return Object.fromEntries(ends);
}

export type CopyOptions = {
  readonly ends: Ends;
  /** The messages to copy, ascending. */
  readonly seqs: readonly Seq[];
  /** Whether that is not all of them: then only what belongs to them is copied. */
  readonly isPart: boolean;
  /** Lines that processes wrote are left out. */
  readonly dropsOutput?: boolean;
  /** Undefined to copy everything as it is. */
  readonly redactor: Redactor | undefined;
  /** Written into the copy: how it was redacted. */
  readonly mark: string;
  readonly onProgress?: (done: number, of: number) => void;
};

/** Shows all of a session to a redactor, which learns from it. */
export async function learnSecrets(
  database: Database,
  redactor: Redactor,
  ends: Ends,
  onProgress: (done: number, of: number) => void = () => {},
): Promise<void> {
  for (const table of ROW_TABLES) {
    for (const row of rowsOf(database, table, ends)) {
      redactRow(redactor, table, row);
    }
    await letSignalsIn();
  }
  const source = createMessageSource(database);
  for (const leg of rowsOf(database, "http_leg", ends)) {
    learnHttpBody(source.queries, numberOf(leg["request_body"]), redactor);
    learnHttpBody(source.queries, numberOf(leg["response_body"]), redactor);
  }
  for (const map of rowsOf(database, "shared_memory", ends)) {
    learnMap(source.queries, numberOf(map["body"]), redactor);
  }
  for (let rows = source.storedAfter(0, BATCH); rows.length > 0; ) {
    for (const row of rows.filter(({ seq }) => numberOf(seq) <= ends.message)) {
      const payload = source.payload(row);
      if (payload !== undefined) {
        redactor.message(payload);
      }
    }
    const at = numberOf(rows.at(-1)?.["seq"]);
    onProgress(at, ends.message);
    await letSignalsIn();
    rows = at >= ends.message ? [] : source.storedAfter(at, BATCH);
  }
}

/** Writes a new session file. @param file must not exist */
export async function copySession(database: Database, file: string, options: CopyOptions): Promise<void> {
  const copy = openForWriting(file);
  try {
    const { startedAt, version } = readMeta(database, file);
    prepareForWriting(copy, file, () => ({ id: randomBytes(16).toString("hex"), startedAt, version }));
    const writer = createWriter(copy);
    const source = createMessageSource(database);
    inTransaction(copy, () => {
      writer.setValue("redaction", options.mark);
      for (const table of FIRST_TABLES) {
        copyRows(database, copy, table, options);
      }
      writer.finishBatch();
    });
    const kept = await copyMessages(source, copy, writer, options);
    inTransaction(copy, () => copyRest(database, copy, writer, source, { ...options, kept }));
    makeOneFile(copy);
  } finally {
    copy.close();
  }
}

async function copyMessages(
  source: MessageSource,
  copy: Database,
  writer: Writer,
  { seqs, redactor, onProgress }: CopyOptions,
): Promise<ReadonlySet<Seq>> {
  const marks = copy.prepare("INSERT OR REPLACE INTO intervention (seq, flags) VALUES (?, ?)");
  const marked = new Set<Seq>();
  for (let at = 0; at < seqs.length; at += BATCH) {
    inTransaction(copy, () => {
      const counts = new Map<number, { messages: number; bytes: number }>();
      for (const row of source.rows(seqs.slice(at, at + BATCH))) {
        const stream = numberOf(row["stream"]);
        const count = counts.get(stream) ?? { messages: 0, bytes: 0 };
        counts.set(stream, count);
        count.messages += 1;
        const seq = numberOf(row["seq"]);
        redactor?.enter({ type: "message", seq });
        const flags = source.flagsOf(seq);
        count.bytes += copyMessage(source, writer, row, redactor, flags);
        if (flags !== 0) {
          marks.run(seq, flags);
          marked.add(seq);
        }
      }
      for (const [stream, { messages, bytes }] of counts) {
        writer.countStream(stream, messages, bytes);
      }
      writer.finishBatch();
    });
    onProgress?.(at, seqs.length);
    await letSignalsIn();
  }
  return marked;
}

type RestOptions = CopyOptions & { readonly kept: ReadonlySet<Seq> };

/** What belongs to messages: it is copied behind them. */
function copyRest(
  database: Database,
  copy: Database,
  writer: Writer,
  { queries }: MessageSource,
  { redactor, isPart, dropsOutput = false, kept, ends }: RestOptions,
): void {
  const message = copy.prepare("SELECT 1 FROM message WHERE seq = ?");
  const invocation = copy.prepare("SELECT 1 FROM invocation WHERE invocation_id = ? LIMIT 1");
  const has = (seq: SqlValue | undefined): boolean => message.get(numberOf(seq)) !== undefined;
  for (const row of rowsOf(database, "hold", ends)) {
    if (kept.has(numberOf(row["seq"]))) {
      insertRow(copy, "hold", redacted("hold", row, redactor));
    }
  }
  for (const row of rowsOf(database, "event", ends)) {
    if (dropsOutput && row["type"] === PROCESS_OUTPUT) {
      continue;
    }
    insertRow(copy, "event", redacted("event", row, redactor));
  }
  for (const row of rowsOf(database, "http_leg", ends)) {
    if (isPart && invocation.get(textOf(row["invocation_id"]) ?? "") === undefined) {
      continue;
    }
    insertRow(copy, "http_leg", {
      ...redacted("http_leg", row, redactor),
      ...httpBody("request", queries, writer, row, redactor),
      ...httpBody("response", queries, writer, row, redactor),
    });
  }
  for (const row of rowsOf(database, "shared_memory", ends)) {
    if (isPart && !has(row["message"])) {
      continue;
    }
    const copied = copyMap(queries, writer, numberOf(row["body"]), redactor);
    insertRow(copy, "shared_memory", {
      ...redacted("shared_memory", row, redactor),
      stored: copied?.size ?? 0,
      body: copied?.body ?? 0,
    });
  }
  writer.finishBatch();
}

/** What is not there has a body without parts, which says so. */
function httpBody(
  part: "request" | "response",
  queries: Queries,
  writer: Writer,
  row: SqlRow,
  redactor: Redactor | undefined,
): Record<string, SqlValue> {
  const copied = copyHttpBody(queries, writer, numberOf(row[`${part}_body`]), redactor);
  const size = redactor === undefined || copied === undefined ? numberOf(row[`${part}_size`]) : copied.size;
  const body = copied?.body ?? (size === 0 ? null : writer.bodies.open());
  return { [`${part}_size`]: size, [`${part}_body`]: body };
}

/** Rows in memory at a time; by rowid, or all where a table has none and is small. */
const PAGE = 500;

/** Of a table, up to where it ended; `place` is its rowid. */
export function* rowsOf(database: Database, table: RowTable, ends: Ends): Generator<SqlRow> {
  if (table === "function") {
    yield* database.prepare("SELECT * FROM function").all();
    return;
  }
  const page = database.prepare(`SELECT rowid AS place, * FROM ${table} WHERE rowid > ? ORDER BY rowid LIMIT ${PAGE}`);
  for (let at = Number.MIN_SAFE_INTEGER; ; ) {
    const rows = page.all(at);
    yield* rows.filter(({ place }) => numberOf(place) <= ends[table]);
    at = numberOf(rows.at(-1)?.["place"]);
    if (rows.length < PAGE || at >= ends[table]) {
      return;
    }
  }
}

function copyRows(database: Database, copy: Database, table: RowTable, { redactor, ends }: CopyOptions): void {
  for (const row of rowsOf(database, table, ends)) {
    insertRow(copy, table, redacted(table, row, redactor));
  }
}

/** What a recording alone needs is written as if it had ended. */
function redacted(
  table: RedactedTable,
  row: SqlRow,
  redactor: Redactor | undefined,
): Readonly<Record<string, SqlValue>> {
  redactor?.enter(placeOf(table, row));
  const columns = redactor === undefined ? row : redactRow(redactor, table, row);
  const { place: _, ...rest } = columns;
  switch (table) {
    case "relay":
      return { ...rest, journal: `export ${numberOf(row["id"])}`, position: 0, segment: 0, offset: 0 };
    case "connection":
      return { ...rest, state: null };
    case "stream":
      return { ...rest, messages: 0, bytes: 0 };
    case "shared_memory":
      return { ...rest, file: null };
    default:
      return rest;
  }
}

/** Where a row is to be found on the page. */
function placeOf(table: RedactedTable, row: SqlRow): ReplacedPlace {
  switch (table) {
    case "event":
      return { type: "event", event: textOf(row["type"]) ?? "" };
    case "http_leg":
      return { type: "http", invocationId: textOf(row["invocation_id"]) ?? "" };
    case "shared_memory":
      return { type: "message", seq: numberOf(row["message"]) };
    default:
      return { type: "row", table };
  }
}
