/** What an exported line says beyond its message: how long an answer took, what was done to it, and the statuses that JSON leaves out. */
import type { Intervention } from "@inspector/contract/intervention";
import type { MessageRow, Nanos, Seq } from "@inspector/contract/page";
import { INTERVENTION_FLAGS, ofReplay } from "@inspector/filter/message-flags";
import { type Database, numberOf } from "@inspector/session/database";
import { createInvocationQueries } from "@inspector/session/invocation-queries";

/**
 * The durations of answers among some rows, as the page shows them: from request to answer, less the time for which somebody held the
 * request. Only of the first answer, and only where its request was seen. start_stream answers the launch of its process or, where that
 * was not seen, the opening of its stream.
 */
export function createDurations(database: Database): (rows: readonly MessageRow[]) => ReadonlyMap<Seq, Nanos> {
  const invocations = createInvocationQueries(database);
  const steps = database.prepare(
    `SELECT w.answered_seq, CASE WHEN h.seq IS NULL THEN w.duration
       WHEN h.went_on THEN max(w.answered_at - h.to_at, 0) END AS duration
     FROM worker_step w LEFT JOIN hold h ON h.seq = w.started_seq
     WHERE w.answered_seq IN (SELECT value FROM json_each(?)) AND w.step <> 'start'
     UNION ALL SELECT w.answered_seq, w.answered_at - ${STARTED_AT} FROM worker_step w JOIN stream s ON s.id = w.stream
     WHERE w.answered_seq IN (SELECT value FROM json_each(?)) AND w.step = 'start' AND w.answered_at > ${STARTED_AT}`,
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
    const ofSteps = others.length === 0 ? [] : steps.all(JSON.stringify(others), JSON.stringify(others));
    return new Map([
      ...ofCalls,
      ...ofSteps.flatMap(({ answered_seq, duration }): [Seq, Nanos][] =>
        typeof duration === "number" ? [[numberOf(answered_seq), duration]] : [],
      ),
    ]);
  };
}

/** When the start of the worker of step `w` in stream `s` began. */
const STARTED_AT = `ifnull((SELECT max(e.at) FROM event e WHERE e.type = 'process-spawned' AND e.at <= w.answered_at
  AND json_extract(e.detail, '$.workerId') = s.worker_id), s.opened_at)`;

/** What the inspector had to do with a message. */
export type HandFacts = {
  /** "held", "dropped", "replaced", "injected", "swallowed": what was done to it, in no order. */
  readonly interventions: readonly Intervention[];
  /** It is of an invocation that the inspector sent: figures and problems leave those out. */
  readonly isReplay: boolean;
  /** For how long it was held; null where it was not, or where that was not recorded. */
  readonly heldNs: Nanos | null;
};

const NOTHING_DONE: HandFacts = { interventions: [], isReplay: false, heldNs: null };

/** Looks at some rows at once: of most messages there is nothing to tell. */
export function createHandFacts(database: Database): (rows: readonly MessageRow[]) => (seq: Seq) => HandFacts {
  const facts = database.prepare(
    `SELECT m.seq, v.flags, h.to_at - h.from_at AS held, ${ofReplay("m.invocation")} AS is_replay FROM message m
     LEFT JOIN intervention v ON v.seq = m.seq LEFT JOIN hold h ON h.seq = m.seq
     WHERE m.seq IN (SELECT value FROM json_each(?)) AND (v.seq IS NOT NULL OR is_replay)`,
  );
  return (rows) => {
    const known = new Map(
      facts.all(JSON.stringify(rows.map(({ seq }) => seq))).map((row): [Seq, HandFacts] => [
        numberOf(row["seq"]),
        {
          interventions: INTERVENTIONS.filter((name) => (numberOf(row["flags"]) & INTERVENTION_FLAGS[name]) !== 0),
          isReplay: row["is_replay"] === 1,
          heldNs: typeof row["held"] === "number" ? row["held"] : null,
        },
      ]),
    );
    return (seq) => known.get(seq) ?? NOTHING_DONE;
  };
}

const INTERVENTIONS = [
  "held",
  "dropped",
  "replaced",
  "injected",
  "swallowed",
] as const satisfies readonly Intervention[];

const STEP_ANSWERS: ReadonlySet<string> = new Set([
  "start_stream",
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
