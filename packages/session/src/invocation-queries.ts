/** What is asked of invocations and of the steps of workers. */

import {
  type HeldSpan,
  type InvocationDetail,
  type InvocationPage,
  type InvocationRow,
  MAX_INVOCATION_MESSAGES,
  MAX_PAUSES,
  MAX_ROWS,
  type Nanos,
  type Seq,
  type StepRow,
} from "@inspector/contract/page";
import { ENDED_STREAMS, hasEnded, STEP_STATE } from "@inspector/filter/columns";
import type { InvocationCondition } from "@inspector/filter/compile";
import type { Fragment } from "@inspector/filter/fragment";
import { LINE_STATUS } from "@inspector/filter/http-status";
import { hasFlags, INTERVENTION_FLAGS } from "@inspector/filter/message-flags";
import { IS_UNHEARD, STEP_HELD, STEP_SPANS, STEP_TIME, WORKER_TIME } from "@inspector/filter/worker-time";
import { KIND } from "@inspector/proto";
import { type Database, numberOf, type SqlRow, textOf } from "./database.ts";
import { createHttpLegQueries } from "./http-legs.ts";
import { type Invocation, invocationState } from "./invocation/invocation.ts";
import { invocationOf } from "./invocation/store.ts";
import { numberList } from "./number-list.ts";
import type { Changed } from "./queries.ts";
import { maybeNumber, optional } from "./sql-values.ts";
import { type TimeSpan, uncovered } from "./still-spans.ts";

/** Of messages that did not go on as they came, or not at all. */
const UNHEARD = INTERVENTION_FLAGS.replaced | INTERVENTION_FLAGS.dropped;

const INVOCATION = `
  SELECT i.*, ${WORKER_TIME} AS worker_time, f.name AS function_name, f."trigger" AS function_trigger, ${hasEnded("i.stream")} AS is_ended, r.run, r.n, r.is_edited,
    ifnull(h.status, ${LINE_STATUS}) AS http_answer, h.method || ' ' || h.target AS http_request, h.status AS http_status, ${IS_UNHEARD} AS is_unheard,
    hq.from_at AS request_from, hq.to_at AS request_to, hq.went_on AS request_went_on,
    ha.from_at AS answer_from, ha.to_at AS answer_to, ha.went_on AS answer_went_on,
    r.run IS NULL AND EXISTS (SELECT 1 FROM intervention v
      WHERE v.seq = i.answered_seq AND v.flags & ${INTERVENTION_FLAGS.injected}) AS is_answered_here
  FROM invocation i
  LEFT JOIN replay r ON r.invocation = i.id
  LEFT JOIN hold hq ON hq.seq = i.started_seq
  LEFT JOIN hold ha ON ha.seq = i.answered_seq
  LEFT JOIN http_leg h ON i.invocation_id <> '' AND h.invocation_id = i.invocation_id AND i.attempt = (
    SELECT count(*) FROM http_leg WHERE invocation_id = h.invocation_id AND id <= h.id)
  LEFT JOIN function f ON f.stream = i.stream AND f.function_id = i.function_id`;

const STEP_MESSAGES = `message m WHERE m.seq IN (
  SELECT started_seq FROM worker_step WHERE stream = i.stream AND step = i.step
  UNION ALL SELECT answered_seq FROM worker_step WHERE stream = i.stream AND step = i.step)`;

const STEP = `
  SELECT i.*, ${STEP_STATE} AS state_now, s.worker_id, ${STEP_HELD} AS held, ${STEP_TIME} AS own_time, (SELECT sum(m.size) FROM ${STEP_MESSAGES}) AS size,
    (SELECT result FROM worker_step WHERE stream = i.stream AND step = i.step AND status = 0 ORDER BY id LIMIT 1) AS failure,
    (SELECT result FROM worker_step WHERE stream = i.stream AND step = i.step AND answered_seq IS NOT NULL ORDER BY id DESC LIMIT 1) AS result,
    (SELECT text FROM worker_step WHERE stream = i.stream AND step = i.step ORDER BY id LIMIT 1) AS text
  FROM startup_step i LEFT JOIN stream s ON s.id = i.stream`;

/** Characters of a line; see {@link MessageRow.text}. */
const MAX_TEXT = 200;

/** How far back or ahead a retry of the same message is looked for. */
const RETRY_REACH = 50_000;

/** What {@link createInvocationQueries} gives. */
export type InvocationQueries = ReturnType<typeof createInvocationQueries>;

/** Asks for invocations and start-up steps of a session. */
export function createInvocationQueries(database: Database) {
  const one = database.prepare(`${INVOCATION} WHERE i.id = ?`);
  // The step of an exchange; the conditions are of the grouped columns, so that only that group is summed up.
  const step = database.prepare(
    `${STEP} WHERE (i.stream, i.step) = (SELECT stream, step FROM worker_step WHERE id = ?) AND i.id = ?`,
  );
  const stepsOf = database.prepare(`${STEP} WHERE i.stream = ? ORDER BY i.id`);
  const messages = database.prepare(
    `SELECT m.seq, m.at, m.kind = ${KIND.invocationRequest} AND NOT ${hasFlags("m", UNHEARD)} AS is_heard
     FROM message m WHERE m.invocation = ? AND m.kind <> ${KIND.rpcLog} ORDER BY m.seq`,
  );
  const newestLogs = database.prepare(
    `SELECT m.seq, m.at, m.level FROM message m WHERE m.invocation = ? AND m.kind = ${KIND.rpcLog}
     ORDER BY m.seq DESC LIMIT ${MAX_INVOCATION_MESSAGES}`,
  );
  const stepSeqs = database.prepare(
    "SELECT started_seq, answered_seq FROM worker_step WHERE stream = ? AND step = ? ORDER BY id",
  );
  const sameId = database.prepare(
    "SELECT id FROM invocation WHERE invocation_id = ? AND id <> ? AND invocation_id <> '' ORDER BY id DESC LIMIT 100",
  );

  const touched = database.prepare(
    `SELECT DISTINCT m.invocation AS id FROM message m WHERE m.seq > ? AND m.seq <= ? AND m.invocation IS NOT NULL
     UNION SELECT i.id FROM startup_step i WHERE (i.stream, i.step) IN (
       SELECT stream, step FROM worker_step WHERE started_seq BETWEEN ? AND ? OR answered_seq BETWEEN ? AND ?)
     ORDER BY 1`,
  );
  const ofMessages = database.prepare(
    `SELECT DISTINCT m.invocation AS id FROM message m
     WHERE m.seq IN (SELECT value FROM json_each(?)) AND m.invocation IS NOT NULL
     UNION SELECT i.id FROM startup_step i WHERE (i.stream, i.step) IN (
       SELECT stream, step FROM worker_step WHERE started_seq IN (SELECT value FROM json_each(?))
       UNION ALL SELECT stream, step FROM worker_step WHERE answered_seq IN (SELECT value FROM json_each(?)))
     ORDER BY 1`,
  );
  const openIn = database.prepare(
    `SELECT id FROM invocation INDEXED BY invocation_open WHERE stream = ? AND answered_seq IS NULL
     UNION ALL SELECT id FROM startup_step WHERE stream = ? AND (answered < count OR step = 'terminate') ORDER BY 1`,
  );

  const spans = database.prepare(STEP_SPANS);

  function stepOf(row: SqlRow): StepRow {
    if (numberOf(row["held"]) === 0) {
      return stepRowOf(row, []);
    }
    const [stream, step] = [numberOf(row["stream"]), textOf(row["step"]) ?? ""];
    const found = spans.all(stream, step, stream, step);
    const spansOf = (isHeld: 0 | 1): TimeSpan[] =>
      found.filter(({ is_held }) => is_held === isHeld).map(({ a, b }) => ({ from: numberOf(a), to: numberOf(b) }));
    return stepRowOf(row, uncovered(spansOf(1), spansOf(0)));
  }

  const httpLegs = createHttpLegQueries(database);

  function rowOf(id: Seq): InvocationRow | StepRow | undefined {
    const found = one.get(id);
    if (found !== undefined) {
      return invocationRowOf(found);
    }
    const foundStep = step.get(id, id);
    return foundStep === undefined ? undefined : stepOf(foundStep);
  }

  function stepDetail(row: StepRow): InvocationDetail {
    const exchanges = stepSeqs.all(row.stream, row.step);
    const seqs = exchanges.flatMap(({ started_seq, answered_seq }) => [
      ...(typeof started_seq === "number" ? [started_seq] : []),
      ...(typeof answered_seq === "number" ? [answered_seq] : []),
    ]);
    const [only] = exchanges.length === 1 ? exchanges : [];
    return {
      row,
      ...optional("request", maybeNumber(only?.["started_seq"])),
      ...optional("response", maybeNumber(only?.["answered_seq"])),
      logs: [],
      logLevels: "",
      messages: seqs.sort((a, b) => a - b).slice(0, MAX_INVOCATION_MESSAGES),
      pauses: [],
      others: [],
    };
  }

  /** Tries of the same message: same function, same line, and the next number of its retries. */
  function retriesOf(row: InvocationRow, direction: 1 | -1): Seq[] {
    const { functionId } = row;
    const text = textOf(one.get(row.id)?.["text"]);
    if (functionId === undefined || text === undefined) {
      return [];
    }
    const [comparison, order] = direction === 1 ? [">", "ASC"] : ["<", "DESC"];
    const next = database.prepare(
      `SELECT id FROM invocation WHERE id ${comparison} ? AND abs(id - ?) < ${RETRY_REACH} AND +stream = ? AND function_id = ?
       AND text = ? AND ifnull(retry_count, 0) = ? ORDER BY id ${order} LIMIT 1`,
    );
    const found: Seq[] = [];
    let at = row.id;
    for (let count = (row.retryCount ?? 0) + direction; count >= 0 && found.length < 100; count += direction) {
      const id = next.get(at, at, row.stream, functionId, text, count)?.["id"];
      if (typeof id !== "number") {
        break;
      }
      found.push(id);
      at = id;
    }
    return found;
  }

  return {
    httpLegs,
    rows(ids: readonly Seq[]): InvocationPage {
      return { rows: ids.slice(0, MAX_ROWS).flatMap((id) => rowOf(id) ?? []) };
    },
    detail(id: Seq): InvocationDetail | undefined {
      const row = rowOf(id);
      if (row === undefined) {
        return undefined;
      }
      if (row.type === "step") {
        return stepDetail(row);
      }
      const found = one.get(id) ?? {};
      const ends = messages
        .all(id)
        .map(({ seq, at, is_heard }) => ({ seq: numberOf(seq), at: numberOf(at), isHeard: is_heard === 1 }));
      const logs = newestLogs
        .all(id)
        .map(({ seq, at, level }) => ({ seq: numberOf(seq), at: numberOf(at), level: maybeNumber(level) }))
        .reverse();
      const all = [...ends, ...logs].sort((a, b) => a.seq - b.seq);
      const others = sameId.all(row.invocationId, id).map((other) => numberOf(other["id"]));
      const retries = [...(row.retryCount === undefined ? [] : retriesOf(row, -1)), ...retriesOf(row, 1)];
      return {
        row,
        ...optional("request", maybeNumber(found["started_seq"])),
        ...optional("heard", ends.findLast(({ isHeard }) => isHeard)?.seq),
        ...optional("response", maybeNumber(found["answered_seq"])),
        ...optional("cancel", maybeNumber(found["cancel_seq"])),
        ...optional("http", httpLegs.ofInvocation(row.invocationId, row.attempt)),
        logs: logs.map(({ seq }) => seq),
        logLevels: logs.map(({ level }) => (level !== undefined && level >= 0 && level <= 9 ? level : "-")).join(""),
        messages: all.map(({ seq }) => seq),
        pauses: pausesIn(all),
        others: [...new Set([...others, ...retries])].sort((a, b) => a - b),
      };
    },
    /** The steps of a worker in the order in which they began. */
    stepsOf(stream: number): StepRow[] {
      return stepsOf.all(stream).map(stepOf);
    },
    /** Ids of the rows that match, ascending: at most `limit` behind `after`. */
    column(condition: InvocationCondition | undefined, after: Seq, limit: number): Seq[] {
      const { invocations, steps } = condition ?? EVERYTHING;
      const sql = `SELECT id FROM (
         SELECT id FROM (SELECT i.id AS id FROM invocation i WHERE i.id > ? AND ${invocations.sql} ORDER BY i.id LIMIT ?)
         UNION ALL SELECT i.id FROM startup_step i WHERE i.id > ? AND ${steps.sql}
       ) ORDER BY id LIMIT ?`;
      const params = [after, ...invocations.params, limit, after, ...steps.params, limit];
      return numberList(database, "id", sql, params);
    },
    /** Rows that have messages in `(after, through]`, ascending. */
    touched(after: Seq, through: Seq): Seq[] {
      return touched.all(after, through, after + 1, through, after + 1, through).map(idOf);
    },
    /** Rows that some messages belong to, ascending. */
    ofMessages(seqs: readonly Seq[]): Seq[] {
      const list = JSON.stringify(seqs);
      return ofMessages.all(list, list, list).map(idOf);
    },
    /** Rows that the end of their stream changed: all that waited in it for an answer. */
    openIn(stream: number): Seq[] {
      return openIn.all(stream, stream).map(idOf);
    },
    /** Which of some rows match now. */
    sort(condition: InvocationCondition | undefined, ids: readonly Seq[]): Changed {
      if (condition === undefined || ids.length === 0) {
        return { ids, gone: [] };
      }
      const { invocations, steps } = condition;
      const list = JSON.stringify(ids);
      const rows = database
        .prepare(
          `SELECT i.id, ${invocations.sql} AS hit FROM invocation i WHERE i.id IN (SELECT value FROM json_each(?))
           UNION ALL SELECT i.id, ${steps.sql} AS hit FROM startup_step i WHERE i.id IN (SELECT value FROM json_each(?))
           ORDER BY 1`,
        )
        .all(...invocations.params, list, ...steps.params, list);
      return {
        ids: rows.filter(({ hit }) => hit === 1).map(idOf),
        gone: rows.filter(({ hit }) => hit !== 1).map(idOf),
      };
    },
    /** Streams behind whose end nobody answers any more. */
    endedStreams(): number[] {
      return database.prepare(ENDED_STREAMS).all().map(idOf);
    },
  };
}

const YES: Fragment = { sql: "1", params: [] };
const EVERYTHING: InvocationCondition = { invocations: YES, steps: YES };

function idOf(row: SqlRow): number {
  return numberOf(row["id"]);
}

function invocationRowOf(row: SqlRow): InvocationRow {
  const invocation = invocationOf(row);
  return {
    type: "invocation",
    id: invocation.id,
    stream: invocation.stream,
    invocationId: invocation.invocationId,
    attempt: invocation.attempt,
    ...optional("functionId", invocation.functionId),
    ...optional("functionName", textOf(row["function_name"])),
    ...optional("trigger", textOf(row["function_trigger"])),
    ...optional("startedAt", invocation.startedAt),
    ...optional("answeredAt", invocation.answeredAt),
    ...optional("duration", maybeNumber(row["worker_time"])),
    ...heldOf(row),
    ...(row["is_answered_here"] === 1 && { isAnsweredHere: true as const }),
    state: stateOf(invocation, row),
    // Of a request that went over HTTP the messages say neither.
    ...optional("text", textOf(row["http_request"])?.slice(0, MAX_TEXT) ?? invocation.text),
    ...optional("result", maybeNumber(row["http_status"])?.toString() ?? invocation.result),
    ...optional("httpStatus", maybeNumber(row["http_answer"])),
    ...optional("requestSize", invocation.requestSize),
    ...optional("responseSize", invocation.responseSize),
    ...optional("retryCount", invocation.retryCount),
    logs: invocation.logs,
    errorLogs: invocation.errorLogs,
    lateLogs: invocation.lateLogs,
    ...optional("cancelledAt", invocation.cancelAt),
    extraAnswers: invocation.extraAnswers,
    ...(invocation.startedSeq === undefined && { isOrphan: true as const }),
    ...(invocation.isOverlapping && { isOverlapping: true as const }),
    ...(typeof row["run"] === "number" && {
      replay: { run: row["run"], n: numberOf(row["n"]), isEdited: row["is_edited"] === 1 },
    }),
  };
}

function stateOf(invocation: Invocation, row: SqlRow): InvocationRow["state"] {
  if (invocation.answeredSeq === undefined && row["is_unheard"] === 1) {
    return "dropped";
  }
  return invocationState(invocation, row["is_ended"] === 1);
}

function heldOf(row: SqlRow): Pick<InvocationRow, "held"> {
  const [request, answer] = [heldSpan(row, "request"), heldSpan(row, "answer")];
  return request === undefined && answer === undefined
    ? {}
    : { held: { ...optional("request", request), ...optional("answer", answer) } };
}

function heldSpan(row: SqlRow, part: "request" | "answer"): HeldSpan | undefined {
  const from = maybeNumber(row[`${part}_from`]);
  return from === undefined
    ? undefined
    : {
        from,
        ...optional("to", maybeNumber(row[`${part}_to`])),
        ...(row[`${part}_went_on`] === 0 && { isDropped: true as const }),
      };
}

/** Where it was silent for longest. */
function pausesIn(messages: readonly { readonly seq: Seq; readonly at: Nanos }[]): Seq[] {
  const silence = (index: number): Nanos => (messages[index]?.at ?? 0) - (messages[index - 1]?.at ?? 0);
  const longest: number[] = [];
  for (let index = 1; index < messages.length; index += 1) {
    const least = longest.at(-1);
    if (longest.length === MAX_PAUSES && least !== undefined && silence(index) <= silence(least)) {
      continue;
    }
    longest.push(index);
    longest.sort((a, b) => silence(b) - silence(a));
    longest.length = Math.min(longest.length, MAX_PAUSES);
  }
  return longest.map((index) => messages[index]?.seq ?? 0).sort((a, b) => a - b);
}

const STEPS: readonly StepRow["step"][] = ["start", "init", "index", "load", "warmup", "reload", "terminate"];

function stepRowOf(row: SqlRow, held: readonly TimeSpan[]): StepRow {
  const state = row["state_now"];
  const step = STEPS.find((name) => name === row["step"]) ?? "start";
  const duration = maybeNumber(row["own_time"]);
  return {
    type: "step",
    id: idOf(row),
    stream: numberOf(row["stream"]),
    step,
    ...optional("startedAt", maybeNumber(row["started_at"])),
    ...optional("answeredAt", maybeNumber(row["answered_at"])),
    // What came with the opening of the call was not waited for.
    ...optional("duration", step === "start" && duration === 0 ? undefined : duration),
    ...(held.length > 0 && { held: held.map(({ from, to }) => ({ from, to })) }),
    state: state === "failed" || state === "success" || state === "lost" ? state : "in-flight",
    ...optional("text", stepText(step, row)),
    size: numberOf(row["size"]),
    count: numberOf(row["count"]),
    failed: numberOf(row["failed"]),
  };
}

function stepText(step: StepRow["step"], row: SqlRow): string | undefined {
  const [count, failed, answered] = [row["count"], row["failed"], row["answered"]].map(numberOf);
  const failure = textOf(row["failure"]);
  if (step === "load" && count !== undefined && count > 1) {
    const loaded = `${(answered ?? 0) - (failed ?? 0)} of ${count} loaded`;
    return failure === undefined ? loaded : `${loaded}: ${failure}`;
  }
  if (step === "start") {
    return textOf(row["worker_id"]);
  }
  return failure ?? textOf(row["result"]) ?? textOf(row["text"]);
}
