/** What the tables of a session hold beside its messages, and how it is redacted. */
import type { Place } from "@inspector/proto";
import type { SqlRow, SqlValue } from "@inspector/session/database";
import { isRecord, jsonOf } from "@inspector/session/sql-values";
import type { Redactor } from "./redactor.ts";

/**
 * - `number`: stays
 * - `keep`, `name`, `log`, `url`: as the classes of the contract's fields
 * - `json`: an object, by the names of its members
 * - `headers`: JSON, `{side: {name: value}}`
 * - `header-list`: JSON, `[[name, value]]`
 * - `gone`: what only a recording needs that goes on
 * - `own`: written anew by the writer, from redacted messages
 */
export type ColumnClass =
  | "number"
  | "keep"
  | "name"
  | "log"
  | "url"
  | "json"
  | "headers"
  | "header-list"
  | "gone"
  | "own";

type Columns = Readonly<Record<string, ColumnClass>>;

const OWN_MESSAGE_COLUMNS: Columns = {
  seq: "number",
  at: "number",
  stream: "number",
  side: "number",
  kind: "number",
  size: "own",
  flags: "own",
  body: "own",
  invocation: "own",
  request_id: "own",
  invocation_id: "own",
  function_id: "own",
  status: "own",
  level: "own",
  category: "own",
  text: "own",
};

/** Every column of every table that holds rows; one that is missing here fails a test. */
export const TABLES = {
  session: { key: "own", value: "own" },
  relay: {
    id: "number",
    journal: "gone",
    started_at: "number",
    listen: "name",
    upstream: "name",
    position: "gone",
    segment: "gone",
    offset: "gone",
    ended_at: "number",
  },
  connection: {
    id: "number",
    relay: "number",
    number: "number",
    opened_at: "number",
    closed_at: "number",
    protocol: "keep",
    reason: "log",
    end: "json",
    state: "gone",
  },
  stream: {
    id: "number",
    connection: "number",
    number: "number",
    path: "keep",
    opened_at: "number",
    ended_at: "number",
    end: "json",
    worker_id: "keep",
    runtime: "keep",
    runtime_version: "keep",
    phase: "keep",
    messages: "own",
    bytes: "own",
    headers: "headers",
  },
  message: OWN_MESSAGE_COLUMNS,
  body: { id: "own", bytes: "own" },
  pack: { id: "own", bytes: "own" },
  function: { stream: "number", function_id: "keep", name: "name", trigger: "keep" },
  event: {
    id: "number",
    at: "number",
    relay: "number",
    connection: "number",
    side: "number",
    type: "keep",
    detail: "json",
  },
  seen: { what: "own", value: "own" },
  density: { width: "own", bin: "own", stream: "own", messages: "own", errors: "own", bytes: "own" },
  intervention: { seq: "number", flags: "number" },
  replay: { invocation: "own", run: "own", n: "own", is_edited: "own" },
  http_leg: {
    id: "number",
    connection: "number",
    invocation_id: "keep",
    method: "keep",
    target: "url",
    request_at: "number",
    request_ended_at: "number",
    request_headers: "header-list",
    request_size: "own",
    request_body: "own",
    status: "number",
    reason: "log",
    response_at: "number",
    response_ended_at: "number",
    response_headers: "header-list",
    response_size: "own",
    response_body: "own",
    lost: "log",
  },
  shared_memory: {
    id: "number",
    at: "number",
    stream: "number",
    message: "number",
    name: "keep",
    size: "number",
    stored: "own",
    body: "own",
    file: "gone",
    problem: "log",
  },
  host_dialled: { stream: "number" },
  joined_stream: { stream: "number", worker: "number" },
  hold: {
    seq: "number",
    invocation: "number",
    is_request: "number",
    from_at: "number",
    to_at: "number",
    went_on: "number",
  },
} as const satisfies Readonly<Record<string, Columns>>;

export type RedactedTable = keyof typeof TABLES;

/** The columns of a row that somebody else than the writer writes, redacted. */
export function redactRow(redactor: Redactor, table: RedactedTable, row: SqlRow): Record<string, SqlValue> {
  const columns: Columns = TABLES[table];
  if (table === "event" && row["type"] === "unreadable-event") {
    // Nobody can say what is in bytes that could not be read.
    return redactRow(redactor, table, { ...row, type: `${row["type"]}-left-out`, detail: "{}" });
  }
  return Object.fromEntries(
    Object.entries(columns)
      .filter(([, of]) => of !== "own" && of !== "gone")
      .map(([name, of]) => [name, redactColumn(redactor, row[name] ?? null, of, `${table}.${name}`)]),
  );
}

function redactColumn(redactor: Redactor, value: SqlValue, of: ColumnClass, field: string): SqlValue {
  if (typeof value !== "string") {
    return of === "number" && typeof value === "number" ? value : null;
  }
  switch (of) {
    case "keep":
    case "name":
    case "log":
    case "url":
      return redactor.text(value, { class: of, field, name: field });
    case "json":
      return redactJson(value, (json) => redactor.json(json, field));
    case "headers":
      return redactJson(value, (json) => redactHeaders(redactor, json, field));
    case "header-list":
      return redactJson(value, (json) => redactHeaderList(redactor, json, field));
    default:
      return null;
  }
}

/** What is no JSON is nothing that a recording has. */
function redactJson(text: string, redact: (json: unknown) => unknown): string {
  const json = jsonOf(text);
  return json === undefined ? "null" : JSON.stringify(redact(json));
}

function redactHeaders(redactor: Redactor, json: unknown, field: string): unknown {
  const sides = Object.entries(isRecord(json) ? json : {});
  return Object.fromEntries(
    sides.map(([side, headers]) => [
      side,
      Object.fromEntries(
        Object.entries(isRecord(headers) ? headers : {}).map(([name, value]) =>
          redactHeader(redactor, name, value, field),
        ),
      ),
    ]),
  );
}

function redactHeaderList(redactor: Redactor, json: unknown, field: string): unknown {
  const list: readonly unknown[] = Array.isArray(json) ? json : [];
  return list.flatMap((pair) => (Array.isArray(pair) ? [redactHeader(redactor, String(pair[0]), pair[1], field)] : []));
}

/** `:path` has a query, where the call is one of HTTP. */
function redactHeader(redactor: Redactor, name: string, value: unknown, field: string): [string, string] {
  const place: Place = { class: name === ":path" ? "url" : "headers", field, name };
  return [redactor.text(name, { class: "name", field, name }), redactor.text(String(value), place)];
}
