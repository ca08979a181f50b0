import { createBulkInsert } from "../bulk-insert.ts";
import { type Database, numberOf, type SqlRow, type SqlValue, textOf } from "../database.ts";
import { type Exchange, MAX_ATTEMPTS } from "./exchange.ts";
import type { Invocation } from "./invocation.ts";
import type { ExchangeStore } from "./tracker.ts";
import { STEP_NAMES, type WorkerStep } from "./worker-step.ts";

/** Rows of one table, read as a tracker wants them and written as it changed them. */
export type RowStore<Row extends Exchange> = ExchangeStore<Row> & {
  /** Within the caller's transaction. */
  readonly save: (rows: readonly Row[]) => void;
};

/** Keeps the rows of invocations in a session. */
export function createInvocationStore(database: Database): RowStore<Invocation> {
  const select = database.prepare(
    `SELECT * FROM invocation WHERE invocation_id = ? AND stream = ? ORDER BY attempt DESC LIMIT ${MAX_ATTEMPTS}`,
  );
  return {
    load: (stream, key) => select.all(key, stream).map(invocationOf).reverse(),
    isEmpty: () => isEmpty(database, "invocation"),
    save: createSave(database, "invocation", INVOCATION_COLUMNS, invocationValues),
  };
}

/** Keeps the rows of start-up steps in a session. */
export function createWorkerStepStore(database: Database): RowStore<WorkerStep> {
  const select = database.prepare(
    `SELECT * FROM worker_step WHERE stream = ? AND step = ? AND subject = ? ORDER BY attempt DESC LIMIT ${MAX_ATTEMPTS}`,
  );
  return {
    load(stream, key) {
      const space = key.indexOf(" ");
      const rows = select.all(stream, key.slice(0, space), key.slice(space + 1));
      return rows.flatMap((row) => workerStepOf(row) ?? []).reverse();
    },
    isEmpty: () => isEmpty(database, "worker_step"),
    save: createSave(database, "worker_step", STEP_COLUMNS, stepValues),
  };
}

const EXCHANGE_COLUMNS = [
  "id",
  "stream",
  "attempt",
  "started_seq",
  "started_at",
  "answered_seq",
  "answered_at",
  "status",
  "result",
  "extra_answers",
  "text",
] as const;

const INVOCATION_COLUMNS = [
  ...EXCHANGE_COLUMNS,
  "invocation_id",
  "function_id",
  "request_size",
  "response_size",
  "retry_count",
  "cancel_seq",
  "cancel_at",
  "logs",
  "error_logs",
  "late_logs",
  "is_overlapping",
] as const;

const STEP_COLUMNS = [...EXCHANGE_COLUMNS, "step", "subject"] as const;

function createSave<Row>(
  database: Database,
  table: string,
  columns: readonly string[],
  valuesOf: (row: Row) => SqlValue[],
): (rows: readonly Row[]) => void {
  const updates = columns.slice(1).map((column) => `${column} = excluded.${column}`);
  const upsert = createBulkInsert(database, table, columns, `ON CONFLICT (id) DO UPDATE SET ${updates.join(", ")}`);
  return (rows) => {
    for (const row of rows) {
      upsert.add(...valuesOf(row));
    }
    upsert.flush();
  };
}

/** In the order of EXCHANGE_COLUMNS. */
function exchangeValues(row: Exchange & { readonly text: string | undefined }): SqlValue[] {
  return [
    row.id,
    row.stream,
    row.attempt,
    row.startedSeq ?? null,
    row.startedAt ?? null,
    row.answeredSeq ?? null,
    row.answeredAt ?? null,
    row.status ?? null,
    row.result ?? null,
    row.extraAnswers,
    row.text ?? null,
  ];
}

/** In the order of INVOCATION_COLUMNS. */
function invocationValues(row: Invocation): SqlValue[] {
  return [
    ...exchangeValues(row),
    row.invocationId,
    row.functionId ?? null,
    row.requestSize ?? null,
    row.responseSize ?? null,
    row.retryCount ?? null,
    row.cancelSeq ?? null,
    row.cancelAt ?? null,
    row.logs,
    row.errorLogs,
    row.lateLogs,
    row.isOverlapping ? 1 : 0,
  ];
}

/** In the order of STEP_COLUMNS. */
function stepValues(row: WorkerStep): SqlValue[] {
  return [...exchangeValues(row), row.step, row.subject];
}

function exchangeOf(row: SqlRow): Exchange & { readonly text: string | undefined } {
  return {
    id: numberOf(row["id"]),
    stream: numberOf(row["stream"]),
    attempt: numberOf(row["attempt"]),
    startedSeq: maybeNumber(row["started_seq"]),
    startedAt: maybeNumber(row["started_at"]),
    answeredSeq: maybeNumber(row["answered_seq"]),
    answeredAt: maybeNumber(row["answered_at"]),
    status: maybeNumber(row["status"]),
    result: textOf(row["result"]),
    extraAnswers: numberOf(row["extra_answers"]),
    text: textOf(row["text"]),
  };
}

/** Reads a row of table `invocation`. */
export function invocationOf(row: SqlRow): Invocation {
  return {
    ...exchangeOf(row),
    invocationId: textOf(row["invocation_id"]) ?? "",
    functionId: textOf(row["function_id"]),
    requestSize: maybeNumber(row["request_size"]),
    responseSize: maybeNumber(row["response_size"]),
    retryCount: maybeNumber(row["retry_count"]),
    cancelSeq: maybeNumber(row["cancel_seq"]),
    cancelAt: maybeNumber(row["cancel_at"]),
    logs: numberOf(row["logs"]),
    errorLogs: numberOf(row["error_logs"]),
    lateLogs: numberOf(row["late_logs"]),
    isOverlapping: row["is_overlapping"] === 1,
  };
}

/** Reads a row of table `worker_step`; undefined for a step that a newer version wrote. */
export function workerStepOf(row: SqlRow): WorkerStep | undefined {
  const step = STEP_NAMES.find((name) => name === row["step"]);
  return step === undefined ? undefined : { ...exchangeOf(row), step, subject: textOf(row["subject"]) ?? "" };
}

function maybeNumber(value: SqlValue | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function isEmpty(database: Database, table: string): boolean {
  return database.prepare(`SELECT 1 FROM ${table} LIMIT 1`).get() === undefined;
}
