/** What each worker loaded, and how it fared. */

import type { BindingInfo, ExchangeState, FunctionInfo, Nanos } from "@inspector/contract/page";
import { ENDED_STREAMS } from "@inspector/filter/columns";
import { IS_UNHEARD, REQUEST_WAS_HELD, WORKER_TIME } from "@inspector/filter/worker-time";
import { CUSTOM_HANDLER_PATH, decodeMessage, type RpcFunctionMetadata } from "@inspector/proto";
import { type Database, numberOf, type SqlRow, textOf } from "./database.ts";
import { invocationState } from "./invocation/invocation.ts";
import { workerStepOf } from "./invocation/store.ts";
import type { ReadPayload } from "./payload.ts";
import { isRecord, jsonOf, maybeNumber, optional } from "./sql-values.ts";

const BY_HOST = "id NOT IN (SELECT invocation FROM replay)";

/** The time between request and answer is the worker's own. */
const UNHELD = `id NOT IN (${REQUEST_WAS_HELD})`;

/** Durations that a sparkline shows. */
const RECENT = 50;

/**
 * Functions of every worker: those it loaded, and those that were invoked though no load was seen. All figures are of the
 * host's calls, replays left out; the times are those for which the worker had what it answered.
 */
export function functionsOf(database: Database, readPayload: ReadPayload): FunctionInfo[] {
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
  const load = createLoads(database, readPayload);
  return [...keys]
    .map(([key, { stream, functionId }]): FunctionInfo => {
      const found = knownByKey.get(key);
      return {
        stream,
        functionId,
        name: textOf(found?.["name"]) ?? functionId,
        ...optional("trigger", textOf(found?.["trigger"])),
        ...load(stream, functionId),
        ...figures(stream, functionId, callsByKey.get(key)),
      };
    })
    .sort((a, b) => a.stream - b.stream || (a.name < b.name ? -1 : 1));
}

function keyOf(row: SqlRow): string {
  return `${numberOf(row["stream"])} ${textOf(row["function_id"]) ?? ""}`;
}

type Figures = Pick<
  FunctionInfo,
  "calls" | "failures" | "inFlight" | "lost" | "p50" | "p95" | "max" | "lastError" | "recent"
>;

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
    `SELECT ${WORKER_TIME} AS time ${OF} AND time IS NOT NULL ORDER BY id DESC LIMIT ${RECENT}`,
  );
  const lastFailed = database.prepare(`SELECT max(id) AS id ${OF} AND status = 0`);
  const failed = database.prepare("SELECT result, answered_at FROM invocation WHERE id = ?");
  const open = database.prepare(
    `SELECT i.stream, i.function_id, count(*) AS open, sum(i.cancel_seq IS NULL) AS uncancelled,
       i.stream IN (${ENDED_STREAMS}) AS is_ended
     FROM invocation i INDEXED BY invocation_open
     WHERE i.answered_seq IS NULL AND i.started_seq IS NOT NULL AND NOT ${IS_UNHEARD} AND i.${BY_HOST} GROUP BY 1, 2`,
  );
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
      recent: recent
        .all(stream, functionId)
        .map(({ time }) => numberOf(time))
        .reverse(),
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

type Load = Pick<FunctionInfo, "bindings" | "load" | "loadError">;

/** How the loading of functions went, and what their requests say of bindings. */
function createLoads(database: Database, readPayload: ReadPayload) {
  const exchange = database.prepare(
    // What was loaded once stays loaded, whatever a later attempt gives.
    "SELECT * FROM worker_step WHERE stream = ? AND step = 'load' AND subject = ? ORDER BY ifnull(status = 1, 0) DESC, attempt DESC LIMIT 1",
  );
  const ended = database.prepare(`SELECT ? IN (${ENDED_STREAMS}) AS is_ended`);
  const described = new Map<number, Map<string, RpcFunctionMetadata>>();

  /** From requests that name several functions: a load of a collection, or the worker's own index. */
  function describedIn(stream: number): Map<string, RpcFunctionMetadata> {
    const known = described.get(stream);
    if (known !== undefined) {
      return known;
    }
    const found = new Map<string, RpcFunctionMetadata>();
    const seqs = database
      .prepare(
        `SELECT answered_seq AS seq FROM worker_step WHERE stream = ? AND step = 'index' AND answered_seq IS NOT NULL
         UNION ALL SELECT started_seq FROM worker_step WHERE stream = ? AND step = 'load' AND subject = '' AND started_seq IS NOT NULL`,
      )
      .all(stream, stream);
    for (const { seq } of seqs) {
      for (const [id, metadata] of metadataIn(readPayload(numberOf(seq)))) {
        found.set(id, metadata);
      }
    }
    described.set(stream, found);
    return found;
  }

  const handler = database.prepare("SELECT headers FROM stream WHERE id = ? AND path = ?");

  return (stream: number, functionId: string): Load => {
    const ofHandler = handler.get(stream, CUSTOM_HANDLER_PATH);
    if (ofHandler !== undefined) {
      // It has nothing to load: its host reads function.json, and the handler answers for every function.
      return { load: "success", bindings: handlerBindings(jsonOf(ofHandler["headers"]), functionId) };
    }
    const row = exchange.get(stream, functionId) ?? exchange.get(stream, "");
    const step = row === undefined ? undefined : workerStepOf(row);
    const isEnded = ended.get(stream)?.["is_ended"] === 1;
    const answer = step?.subject === "" && step.answeredSeq !== undefined ? readPayload(step.answeredSeq) : undefined;
    const own = answer === undefined ? undefined : loadResultIn(answer, functionId);
    const state: ExchangeState | "not-requested" =
      step === undefined ? "not-requested" : invocationState({ ...step, ...own }, isEnded);
    const requested = step?.startedSeq === undefined ? undefined : readPayload(step.startedSeq);
    const metadata = metadataIn(requested).get(functionId) ?? describedIn(stream).get(functionId);
    return {
      bindings: metadata === undefined ? [] : bindingsOf(metadata),
      load: state,
      ...optional("loadError", state === "failed" ? (own?.result ?? step?.result) : undefined),
    };
  };
}

/** How one function fared in a load of several. */
function loadResultIn(
  payload: Uint8Array,
  functionId: string,
): { readonly status: number; readonly result: string | undefined } | undefined {
  const decoded = decodeMessage(payload);
  if (!decoded.ok || decoded.message.content.case !== "functionLoadResponseCollection") {
    return undefined;
  }
  const own = decoded.message.content.value.functionLoadResponses.find(
    (response) => response.functionId === functionId,
  );
  return own && { status: own.result?.status ?? 0, result: own.result?.exception?.message ?? own.result?.result };
}

function metadataIn(payload: Uint8Array | undefined): Map<string, RpcFunctionMetadata> {
  const found = new Map<string, RpcFunctionMetadata>();
  const decoded = payload === undefined ? undefined : decodeMessage(payload);
  if (!decoded?.ok) {
    return found;
  }
  const { content } = decoded.message;
  const note = (id: string, metadata: RpcFunctionMetadata | undefined): void => {
    if (metadata !== undefined) {
      found.set(id, metadata);
    }
  };
  if (content.case === "functionLoadRequest") {
    note(content.value.functionId, content.value.metadata);
  }
  if (content.case === "functionLoadRequestCollection") {
    for (const request of content.value.functionLoadRequests) {
      note(request.functionId, request.metadata);
    }
  }
  if (content.case === "functionMetadataResponse") {
    for (const metadata of content.value.functionMetadataResults) {
      note(metadata.functionId, metadata);
    }
  }
  return found;
}

const DIRECTIONS = ["in", "out", "inout"] as const;

/** From what is kept of a custom handler in its stream's headers. */
function handlerBindings(headers: unknown, functionId: string): BindingInfo[] {
  const handler = isRecord(headers) && isRecord(headers["handler"]) ? headers["handler"] : {};
  const functions = Array.isArray(handler["functions"]) ? handler["functions"].filter(isRecord) : [];
  const { bindings } = functions.find(({ name }) => name === functionId) ?? {};
  return (Array.isArray(bindings) ? bindings.filter(isRecord) : []).map(({ name, type, direction }) => ({
    name: String(name),
    type: String(type),
    direction: DIRECTIONS.find((one) => one === direction) ?? "in",
  }));
}

/** `detail` is the binding as its author wrote it, where the worker passed that on. */
function bindingsOf({ bindings, rawBindings }: RpcFunctionMetadata): BindingInfo[] {
  const raw = rawBindings.flatMap((text) => {
    try {
      const value: unknown = JSON.parse(text);
      return typeof value === "object" && value !== null ? [value] : [];
    } catch {
      return [];
    }
  });
  return Object.entries(bindings).map(([name, { type, direction, properties }]) => {
    const written = raw.find((value) => "name" in value && value.name === name);
    const detail: unknown = written ?? (Object.keys(properties).length > 0 ? properties : undefined);
    return { name, type, direction: DIRECTIONS[direction] ?? "in", ...optional("detail", detail) };
  });
}
