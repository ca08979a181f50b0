/** What each worker loaded, and how it fared. */

import type { FunctionInfo, Nanos, Seq } from "@inspector/contract/page";
import { ENDED_STREAMS } from "@inspector/filter/columns";
import { IS_UNHEARD, REQUEST_WAS_HELD, WORKER_TIME } from "@inspector/filter/worker-time";
import { callCountsOf } from "./call-counts.ts";
import { type Database, numberOf, type SqlRow, textOf } from "./database.ts";
import { createLoads } from "./function-loads.ts";
import type { ReadPayload } from "./payload.ts";
import { maybeNumber, optional } from "./sql-values.ts";

export const BY_HOST = "id NOT IN (SELECT invocation FROM replay)";

/** The time between request and answer is the worker's own. */
export const UNHELD = `id NOT IN (${REQUEST_WAS_HELD})`;

/** Durations that a sparkline shows. */
export const RECENT = 50;

/** A function of one worker, and what totals over several of them are made from. */
export type FunctionPart = {
  readonly info: FunctionInfo;
  /** Its answered calls whose times are known. */
  readonly timed: number;
  /** The times of those whose requests were held. */
  readonly held: readonly Nanos[];
  /** The newest calls, newest first. */
  readonly newest: readonly { readonly id: Seq; readonly time: Nanos }[];
};

/**
 * Functions of every worker: those it loaded, and those that were invoked though no load was seen. All figures are of the
 * host's calls, replays left out; the times are those for which the worker had what it answered.
 */
export function functionsOf(database: Database, readPayload: ReadPayload): FunctionInfo[] {
  return functionPartsOf(database, readPayload).map(({ info }) => info);
}

/** @see functionsOf */
export function functionPartsOf(database: Database, readPayload: ReadPayload): FunctionPart[] {
  const calls = database
    .prepare(
      `SELECT stream, function_id, count(*) AS calls, count(duration) FILTER (WHERE ${UNHELD}) AS timed,
         sum(ifnull(status = 0, 0)) AS failures, max(duration) FILTER (WHERE ${UNHELD}) AS max
       FROM invocation WHERE function_id IS NOT NULL AND ${BY_HOST} GROUP BY stream, function_id`,
    )
    .all();
  const known = database.prepare('SELECT stream, function_id, name, "trigger" FROM function').all();
  const keys = new Map<string, { stream: number; functionId: string }>();
  for (const row of [...known, ...calls]) {
    const key = { stream: numberOf(row["stream"]), functionId: textOf(row["function_id"]) ?? "" };
    keys.set(keyOf(row), key);
  }
  const callsByKey = new Map(calls.map((row) => [keyOf(row), row]));
  const knownByKey = new Map(known.map((row) => [keyOf(row), row]));
  const figures = createFigures(database);
  const ended = database.prepare(ENDED_STREAMS).all();
  const endedStreams = new Set(ended.map((row) => numberOf(row["id"])));
  const load = createLoads(database, readPayload, endedStreams);
  return [...keys]
    .map(([key, { stream, functionId }]): FunctionPart => {
      const found = knownByKey.get(key);
      const { timed, held, newest, ...known } = figures(stream, functionId, callsByKey.get(key));
      const loaded = load(stream, functionId);
      const info = {
        stream,
        functionId,
        name: textOf(found?.["name"]) ?? functionId,
        ...optional("trigger", textOf(found?.["trigger"]) ?? triggerIn(loaded)),
        ...(endedStreams.has(stream) && { isWorkerGone: true as const }),
        ...loaded,
        ...known,
        recent: newest.map(({ time }) => time).reverse(),
      };
      return { info, timed, held, newest };
    })
    .sort(({ info: a }, { info: b }) => a.stream - b.stream || (a.name < b.name ? -1 : 1));
}

/** Of a function whose worker wrote its bindings as JSON only. */
function triggerIn({ bindings }: Pick<FunctionInfo, "bindings">): string | undefined {
  return bindings.find(({ type }) => /trigger$/iu.test(type))?.type.replace(/trigger$/iu, "");
}

function keyOf(row: SqlRow): string {
  return `${numberOf(row["stream"])} ${textOf(row["function_id"]) ?? ""}`;
}

type Figures = Pick<
  FunctionInfo,
  "calls" | "failures" | "serverErrors" | "inFlight" | "lost" | "p50" | "p95" | "max" | "lastError"
> &
  Pick<FunctionPart, "timed" | "held" | "newest">;

/** All of it is read from one index, but for the few calls whose requests were held. */
function createFigures(database: Database) {
  const OF = `FROM invocation i WHERE stream = ? AND function_id = ? AND ${BY_HOST}`;
  // SQLite merges the two, so that the index is read up to the offset only.
  const nth = (order: "ASC" | "DESC") =>
    database.prepare(
      `SELECT duration AS time ${OF} AND ${UNHELD} AND duration IS NOT NULL
       UNION ALL SELECT value FROM json_each(?) ORDER BY 1 ${order} LIMIT 1 OFFSET ?`,
    );
  const fromShortest = nth("ASC");
  const fromLongest = nth("DESC");
  const heldTimes = createHeldTimes(database);
  const recent = database.prepare(
    `SELECT id, ${WORKER_TIME} AS time ${OF} AND time IS NOT NULL ORDER BY id DESC LIMIT ${RECENT}`,
  );
  const lastFailed = database.prepare(`SELECT max(id) AS id ${OF} AND status = 0`);
  const failed = database.prepare("SELECT result, answered_at FROM invocation WHERE id = ?");
  const open = database.prepare(
    `SELECT i.stream, i.function_id, count(*) AS open, sum(i.cancel_seq IS NULL) AS uncancelled,
       i.stream IN (${ENDED_STREAMS}) AS is_ended
     FROM invocation i INDEXED BY invocation_open
     WHERE i.answered_seq IS NULL AND i.started_seq IS NOT NULL AND NOT ${IS_UNHEARD} AND i.${BY_HOST} GROUP BY 1, 2`,
  );
  const counts = callCountsOf(database);
  const unanswered = new Map(open.all().map((row) => [keyOf(row), row]));

  return (stream: number, functionId: string, row: SqlRow | undefined): Figures => {
    const held = heldTimes.get(`${stream} ${functionId}`) ?? [];
    const heldList = JSON.stringify(held);
    const timed = numberOf(row?.["timed"]) + held.length;
    const max = Math.max(maybeNumber(row?.["max"]) ?? -1, ...held);
    const openRow = unanswered.get(`${stream} ${functionId}`);
    const percentile = (share: number): Nanos | undefined => {
      if (timed === 0) {
        return undefined;
      }
      const rank = rankOf(timed, share);
      const found =
        share <= 0.5
          ? fromShortest.get(stream, functionId, heldList, rank)
          : fromLongest.get(stream, functionId, heldList, timed - 1 - rank);
      return maybeNumber(found?.["time"]);
    };
    const failures = numberOf(row?.["failures"]);
    const last = failures === 0 ? undefined : maybeNumber(lastFailed.get(stream, functionId)?.["id"]);
    const error = last === undefined ? undefined : failed.get(last);
    return {
      calls: numberOf(row?.["calls"]),
      failures,
      serverErrors: counts.of(stream, functionId).serverErrors,
      inFlight: openRow?.["is_ended"] === 0 ? numberOf(openRow["open"]) : 0,
      lost: openRow?.["is_ended"] === 1 ? numberOf(openRow["uncancelled"]) : 0,
      ...optional("p50", percentile(0.5)),
      ...optional("p95", percentile(0.95)),
      ...optional("max", timed === 0 ? undefined : max),
      ...(last !== undefined && {
        lastError: {
          text: textOf(error?.["result"]) ?? "",
          invocation: last,
          at: numberOf(error?.["answered_at"]),
        },
      }),
      timed,
      held,
      newest: recent.all(stream, functionId).map(({ id, time }) => ({ id: numberOf(id), time: numberOf(time) })),
    };
  };
}

/** For how long workers had the answered calls whose requests were held, by function. */
function createHeldTimes(database: Database): ReadonlyMap<string, readonly Nanos[]> {
  const rows = database
    .prepare(
      `SELECT i.stream, i.function_id, ${WORKER_TIME} AS time FROM invocation i
       WHERE i.id IN (${REQUEST_WAS_HELD}) AND i.${BY_HOST} AND time IS NOT NULL`,
    )
    .all();
  const times = new Map<string, Nanos[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const known = times.get(key) ?? [];
    times.set(key, known);
    known.push(numberOf(row["time"]));
  }
  return times;
}

/** Place, from 0, of the value that `share` of `count` sorted values do not exceed. */
export function rankOf(count: number, share: number): number {
  return Math.max(Math.ceil(count * share) - 1, 0);
}
