/** What an exported line says beyond its message: how long an answer took, and the statuses that JSON leaves out. */
import type { MessageRow, Nanos, Seq } from "@inspector/contract/page";
import { type Database, numberOf } from "@inspector/session/database";
import { createInvocationQueries } from "@inspector/session/invocation-queries";

/**
 * The durations of answers among some rows, as the page shows them: from request to answer, less the time for which somebody held the
 * request. Only of the first answer, and only where its request was seen.
 */
export function createDurations(database: Database): (rows: readonly MessageRow[]) => ReadonlyMap<Seq, Nanos> {
  const invocations = createInvocationQueries(database);
  const steps = database.prepare(
    "SELECT answered_seq, duration FROM worker_step WHERE answered_seq IN (SELECT value FROM json_each(?)) AND duration IS NOT NULL",
  );
  return (rows) => {
    const answers = rows.filter(({ from }) => from === "worker");
    const ids = answers.flatMap(({ kind, invocation }) =>
      kind === "invocation_response" && invocation !== undefined ? [invocation] : [],
    );
    const calls = new Map(invocations.rows(ids).rows.map((row) => [row.id, row]));
    const ofCalls = answers.flatMap(({ seq, at, kind, invocation = 0 }): [Seq, Nanos][] => {
      const call = kind === "invocation_response" ? calls.get(invocation) : undefined;
      return call?.duration === undefined || call.answeredAt !== at ? [] : [[seq, call.duration]];
    });
    const others = answers.filter(({ kind }) => STEP_ANSWERS.has(kind)).map(({ seq }) => seq);
    const ofSteps = others.length === 0 ? [] : steps.all(JSON.stringify(others));
    return new Map([
      ...ofCalls,
      ...ofSteps.map((row): [Seq, Nanos] => [numberOf(row["answered_seq"]), numberOf(row["duration"])]),
    ]);
  };
}

const STEP_ANSWERS: ReadonlySet<string> = new Set([
  "worker_init_response",
  "worker_warmup_response",
  "worker_status_response",
  "function_environment_reload_response",
  "function_metadata_response",
  "function_load_response",
  "function_load_response_collection",
]);

/** Members that hold a StatusResult, wherever they stand. */
const RESULTS: ReadonlySet<string> = new Set(["result", "status"]);

/**
 * A message's JSON with every status in words. proto3 leaves out what is zero, and zero is Failure: without this a failure would be the
 * one outcome that nobody can search for.
 */
export function withStatuses(message: unknown): unknown {
  if (!isObject(message)) {
    return message;
  }
  return Object.fromEntries(
    Object.entries(message).map(([kind, content]) => [kind, ANSWERS.has(kind) ? withStatus(content) : content]),
  );
}

/** The contents with a result of their own. */
const ANSWERS: ReadonlySet<string> = new Set([
  "workerInitResponse",
  "workerWarmupResponse",
  "functionEnvironmentReloadResponse",
  "functionMetadataResponse",
  "functionLoadResponse",
  "functionLoadResponseCollection",
  "invocationResponse",
]);

function withStatus(content: unknown): unknown {
  if (!isObject(content)) {
    return content;
  }
  return Object.fromEntries(
    Object.entries(content).map(([name, value]) => {
      if (name === "functionLoadResponses" || name === "functionMetadataResults") {
        return [name, Array.isArray(value) ? value.map(withStatus) : value];
      }
      return [name, RESULTS.has(name) && isObject(value) ? { status: "Failure", ...value } : value];
    }),
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
