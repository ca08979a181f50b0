/** Why an invocation failed, and what it has to be compared with: all that somebody needs who has never seen it before. */
import { firstUserFrame } from "@inspector/analysis/problems/user-frame";
import {
  type InvocationDetail,
  type InvocationFailure,
  type InvocationRow,
  MAX_FAILURE_CHARS,
  type Seq,
} from "@inspector/contract/page";
import { isServerErrorOf } from "@inspector/filter/http-status";
import { decodeMessage, messageToJson } from "@inspector/proto";
import { type Database, numberOf } from "@inspector/session/database";
import { functionErrorsOf, kindOfError } from "@inspector/session/function-totals";
import type { InvocationQueries } from "@inspector/session/invocation-queries";
import type { ReadPayload } from "@inspector/session/payload";
import type { Queries } from "@inspector/session/queries";
import { optional } from "@inspector/session/sql-values";
import { createReadPayload, type PayloadSource } from "./payload.ts";

/** Logs before the answer among which the app's last one is looked for. */
const MAX_LOGS = 20;

/** Messages before and after a request among which the same input is looked for, and calls whose inputs are compared. */
const NEAR = 5000;
const MAX_COMPARED = 50;
/** Requests of the same input differ in ids and times of their metadata, and so in size, in bytes. */
const SIZE_DIFFERENCE = 64;
const MAX_COMPARED_BYTES = 1024 * 1024;

export type FailureSource = PayloadSource & { readonly database: Database; readonly invocations: InvocationQueries };

/** Undefined for what is no invocation, or did not fail: by its worker's word, or by the HTTP status that it was answered with. */
export function failureOf(source: FailureSource, id: Seq): InvocationFailure | undefined {
  const { queries, database, invocations } = source;
  const detail = invocations.detail(id);
  if (detail?.row.type !== "invocation" || !isFailed(detail.row)) {
    return undefined;
  }
  const { row } = detail;
  return {
    ...exceptionOf(createReadPayload(source), detail.response),
    ...optional("lastLog", lastLog(queries, detail)),
    ...optional("again", row.state === "failed" ? timesOf(database, row) : undefined),
    ...optional("sameInput", sameInput(source, detail, row)),
  };
}

function isFailed(row: InvocationRow): boolean {
  return row.state === "failed" || isServerErrorOf(row);
}

function exceptionOf(readPayload: ReadPayload, response: Seq | undefined): InvocationFailure {
  const bytes = response === undefined ? undefined : readPayload(response);
  const decoded = bytes && decodeMessage(bytes);
  const content = decoded?.ok === true ? decoded.message.content : undefined;
  const exception = content?.case === "invocationResponse" ? content.value.result?.exception : undefined;
  if (exception === undefined) {
    return {};
  }
  const text = (value: string) => (value.trim() === "" ? undefined : value.slice(0, MAX_FAILURE_CHARS));
  return {
    ...optional("type", text(exception.type) ?? typeInStack(exception.stackTrace, exception.message)),
    ...optional("message", text(exception.message)),
    ...optional("frame", firstUserFrame(exception.stackTrace)),
  };
}

/** The type that only the stack names, as Node.js has it: "RangeError" of "RangeError: too large". A mere "Error" says nothing. */
function typeInStack(stack: string, message: string): string | undefined {
  const [first = ""] = message.split("\n", 1);
  const [line = ""] = stack.split("\n", 1);
  const end = `: ${first}`;
  const type = first !== "" && line.endsWith(end) ? line.slice(0, -end.length) : "";
  return /^[\w$.]+$/u.test(type) && type !== "Error" ? type.slice(0, MAX_FAILURE_CHARS) : undefined;
}

/** The app's last word before the answer; the worker's own, where the app said nothing. */
function lastLog(
  queries: Queries,
  { logs, response = Number.POSITIVE_INFINITY }: InvocationDetail,
): InvocationFailure["lastLog"] {
  const before = logs.filter((seq) => seq < response).slice(-MAX_LOGS);
  const rows = queries.messages(before).rows;
  const last = rows.findLast(({ isSystem }) => isSystem !== true) ?? rows.at(-1);
  return last && { seq: last.seq, text: last.text ?? "" };
}

function timesOf(database: Database, row: InvocationRow): InvocationFailure["again"] {
  const kind = kindOfError(row.result ?? "");
  const errors = functionErrorsOf(database, row.functionName ?? row.functionId ?? "");
  const same = errors.find(({ text }) => kindOfError(text) === kind);
  return same && { count: same.count, first: same.first };
}

/** Calls of the same function near to it that were given the same. */
function sameInput(
  source: FailureSource,
  { request }: InvocationDetail,
  row: InvocationRow,
): InvocationFailure["sameInput"] {
  const readPayload = createReadPayload(source, MAX_COMPARED_BYTES);
  const input = request === undefined ? undefined : inputOf(readPayload(request));
  if (input === undefined || request === undefined) {
    return undefined;
  }
  const ids = source.database
    .prepare(
      `SELECT id, started_seq FROM invocation WHERE id BETWEEN ?1 - ${NEAR} AND ?1 + ${NEAR} AND id <> ?1
       AND stream = ?2 AND function_id = ?3 AND status IS NOT NULL AND started_seq IS NOT NULL
       AND abs(request_size - ?4) <= ${SIZE_DIFFERENCE} AND id NOT IN (SELECT invocation FROM replay)
       ORDER BY abs(id - ?1) LIMIT ${MAX_COMPARED}`,
    )
    .all(row.id, row.stream, row.functionId ?? "", row.requestSize ?? 0)
    .filter((other) => inputOf(readPayload(numberOf(other["started_seq"]))) === input)
    .map((other) => numberOf(other["id"]));
  const others = source.invocations
    .rows(ids)
    .rows.flatMap((other) =>
      other.type === "invocation" ? [{ invocation: other.id, hasFailed: isFailed(other) }] : [],
    );
  const nearest = others.find(({ hasFailed }) => !hasFailed) ?? others[0];
  return nearest && { ...nearest, count: others.length };
}

/** What its function is given, as text that is the same for the same; undefined where the bytes are not at hand. */
function inputOf(bytes: Uint8Array | undefined): string | undefined {
  const decoded = bytes && decodeMessage(bytes);
  if (decoded?.ok !== true || decoded.message.content.case !== "invocationRequest") {
    return undefined;
  }
  const json: unknown = messageToJson(decoded.message);
  const { invocationRequest } = Object(json);
  return JSON.stringify(Object(invocationRequest).inputData ?? []);
}
