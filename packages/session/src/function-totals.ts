/** Functions over all workers that loaded them, and what went wrong in them. */

import type { FunctionError, FunctionInfo, FunctionTotal, Nanos } from "@inspector/contract/page";
import { type Database, numberOf, textOf } from "./database.ts";
import { BY_HOST, type FunctionPart, functionPartsOf, RECENT, rankOf, UNHELD } from "./function-queries.ts";
import type { ReadPayload } from "./payload.ts";
import { maybeNumber, optional } from "./sql-values.ts";

/** Workers of one function whose sorted times are merged; SQLite takes 500 parts of a statement at most. */
const MAX_MERGED = 100;

/** Kinds of errors that are told of one function. */
const MAX_ERRORS = 50;

/** Different texts that are looked at to find the kinds. */
const MAX_ERROR_TEXTS = 2000;

/** Functions by name: the figures of all their workers together, and those of each; workers that are gone come last. */
export function functionTotalsOf(database: Database, readPayload: ReadPayload): FunctionTotal[] {
  const byName = new Map<string, FunctionPart[]>();
  for (const part of functionPartsOf(database, readPayload)) {
    const known = byName.get(part.info.name);
    known === undefined ? byName.set(part.info.name, [part]) : known.push(part);
  }
  return [...byName].map(([name, parts]) => totalOf(database, name, parts)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function totalOf(database: Database, name: string, parts: readonly FunctionPart[]): FunctionTotal {
  const infos = parts
    .map(({ info }) => info)
    .sort((a, b) => Number(isGone(a)) - Number(isGone(b)) || b.stream - a.stream);
  const [newest] = infos;
  const sum = (of: (info: FunctionInfo) => number) => infos.reduce((total, info) => total + of(info), 0);
  const errors = infos.flatMap(({ lastError }) => lastError ?? []).sort((a, b) => b.at - a.at);
  const longest = infos.flatMap(({ max }) => max ?? []);
  const calls = parts.flatMap((part) => part.newest).sort((a, b) => b.id - a.id);
  const bound = infos.find(({ bindings }) => bindings.some(({ detail }) => detail !== undefined)) ?? newest;
  return {
    name,
    ...optional("trigger", infos.find(({ trigger }) => trigger !== undefined)?.trigger),
    bindings: bound?.bindings ?? [],
    calls: sum((info) => info.calls),
    failures: sum((info) => info.failures),
    serverErrors: sum((info) => info.serverErrors),
    inFlight: sum((info) => info.inFlight),
    lost: sum((info) => info.lost),
    ...percentilesOf(database, parts),
    ...optional("max", longest.length === 0 ? undefined : Math.max(...longest)),
    ...optional("lastError", errors[0]),
    recent: calls
      .slice(0, RECENT)
      .map(({ time }) => time)
      .reverse(),
    workers: infos,
  };
}

function isGone({ isWorkerGone }: FunctionInfo): boolean {
  return isWorkerGone === true;
}

function percentilesOf(database: Database, parts: readonly FunctionPart[]): { p50?: Nanos; p95?: Nanos } {
  const called = parts.filter(({ timed }) => timed > 0);
  const [only] = called;
  if (only === undefined) {
    return {};
  }
  if (called.length === 1) {
    return { ...optional("p50", only.info.p50), ...optional("p95", only.info.p95) };
  }
  const timed = called.reduce((total, part) => total + part.timed, 0);
  const held = JSON.stringify(called.flatMap((part) => part.held));
  const keys = called.map(({ info }) => [info.stream, info.functionId] as const);
  const times = `FROM invocation WHERE ${BY_HOST} AND ${UNHELD} AND duration IS NOT NULL AND`;
  const [source, parameters] =
    keys.length <= MAX_MERGED
      ? [
          keys.map(() => `SELECT duration AS time ${times} stream = ? AND function_id = ?`).join(" UNION ALL "),
          keys.flat(),
        ]
      : [
          `SELECT duration AS time ${times} (stream, function_id) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))`,
          [JSON.stringify(keys)],
        ];
  const nth = (rank: number) => {
    // From the nearer end: the index is read in order, up to the offset only.
    const isNear = rank < timed / 2;
    const order = isNear ? "ASC" : "DESC";
    const row = database
      .prepare(`${source} UNION ALL SELECT value FROM json_each(?) ORDER BY 1 ${order} LIMIT 1 OFFSET ?`)
      .get(...parameters, held, isNear ? rank : timed - 1 - rank);
    return maybeNumber(row?.["time"]);
  };
  return { ...optional("p50", nth(rankOf(timed, 0.5))), ...optional("p95", nth(rankOf(timed, 0.95))) };
}

/**
 * What went wrong in one function's calls, the most frequent first. Texts that differ in numbers and ids only are one kind. Replays
 * are left out.
 */
export function functionErrorsOf(database: Database, name: string): FunctionError[] {
  const rows = database
    .prepare(
      `SELECT result, count(*) AS count, min(id) AS first, max(id) AS last FROM invocation
       WHERE status = 0 AND ${BY_HOST} AND (stream, function_id) IN (
         SELECT stream, function_id FROM function WHERE name = ?
         UNION SELECT s.id, ? FROM stream s WHERE NOT EXISTS (SELECT 1 FROM function f WHERE f.stream = s.id AND f.function_id = ?))
       GROUP BY result ORDER BY 2 DESC LIMIT ${MAX_ERROR_TEXTS}`,
    )
    .all(name, name, name);
  const time = database.prepare("SELECT ifnull(answered_at, started_at) AS at FROM invocation WHERE id = ?");
  const kinds = new Map<string, { text: string; count: number; first: number; last: number }>();
  for (const row of rows) {
    const text = textOf(row["result"]) ?? "";
    const kind = kindOfError(text);
    const known = kinds.get(kind);
    const [count, first, last] = [numberOf(row["count"]), numberOf(row["first"]), numberOf(row["last"])];
    kinds.set(kind, {
      text: known?.text ?? text,
      count: count + (known?.count ?? 0),
      first: Math.min(first, known?.first ?? first),
      last: Math.max(last, known?.last ?? last),
    });
  }
  const momentOf = (id: number) => ({ invocation: id, at: numberOf(time.get(id)?.["at"]) });
  return [...kinds.values()]
    .sort((a, b) => b.count - a.count)
    .slice(0, MAX_ERRORS)
    .map(({ text, count, first, last }) => ({ text, count, first: momentOf(first), last: momentOf(last) }));
}

/** The text without what differs from call to call: ids and numbers. */
export function kindOfError(text: string): string {
  return text.replaceAll(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|\b[\da-f]{12,}\b|\d+(?:[.,]\d+)*/giu, "#");
}
