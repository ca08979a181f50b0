/**
 * HTTP requests that a host sent to a worker's own HTTP server (capability HttpUri), beside the stream, and their
 * responses. They belong to the invocation whose id their header x-ms-invocation-id names.
 */
import {
  type HttpLeg,
  type HttpLegPart,
  MAX_LEGS_LOOKED_AT,
  MAX_STRAY_LEGS,
  type Nanos,
  type StrayHttp,
} from "@inspector/contract/page";
import { isHttpBodyGone } from "@inspector/filter/bodies";
import { type Database, numberOf, type SqlRow, type SqlValue, textOf } from "./database.ts";
import { SECOND } from "./limits.ts";
import { jsonOf, maybeNumber, optional } from "./sql-values.ts";

/**
 * Headers are JSON, an array of [name, value] as they stood. Sizes and bodies are without chunk borders, compressed where
 * they were; the parts of a body are in table `body` as those of messages are, and `…_body` is NULL where there was none.
 * Since version 2. `…_ended_at` is NULL until the last byte came, `lost` says why it never will.
 */
export const HTTP_LEG_SCHEMA = `
CREATE TABLE http_leg (
  id INTEGER PRIMARY KEY,
  connection INTEGER NOT NULL REFERENCES connection(id),
  invocation_id TEXT,
  method TEXT NOT NULL,
  target TEXT NOT NULL,
  request_at INTEGER NOT NULL,
  request_ended_at INTEGER,
  request_headers TEXT NOT NULL,
  request_size INTEGER NOT NULL DEFAULT 0,
  request_body INTEGER,
  status INTEGER,
  reason TEXT,
  response_at INTEGER,
  response_ended_at INTEGER,
  response_headers TEXT,
  response_size INTEGER NOT NULL DEFAULT 0,
  response_body INTEGER,
  lost TEXT,
  UNIQUE (invocation_id, id)
);
`;

/** The head of a request that went beside the stream. `headers` are pairs as JSON. */
export type HttpRequestFacts = {
  readonly connection: number;
  readonly invocationId: string | undefined;
  readonly method: string;
  readonly target: string;
  readonly at: Nanos;
  /** JSON */
  readonly headers: string;
};

/** What became known of a leg since. Times in nanoseconds of the session; bodies are numbers of the body store. */
export type HttpLegChange = Partial<{
  request_ended_at: number;
  request_size: number;
  request_body: number;
  status: number;
  reason: string;
  response_at: number;
  response_ended_at: number;
  response_headers: string;
  response_size: number;
  response_body: number;
  lost: string;
}>;

/** Writes legs: the request first, then whatever becomes known, in any order. */
export type HttpLegWriter = {
  /** @returns the leg's number */
  request(facts: HttpRequestFacts): number;
  change(leg: number, change: HttpLegChange): void;
};

/** Writes in the transaction of whoever calls. */
export function createHttpLegWriter(database: Database): HttpLegWriter {
  return {
    request({ connection, invocationId, method, target, at, headers }) {
      const row = database
        .prepare(
          `INSERT INTO http_leg (connection, invocation_id, method, target, request_at, request_headers)
           VALUES (?, ?, ?, ?, ?, ?) RETURNING id`,
        )
        .get(connection, invocationId ?? null, method, target, at, headers);
      return numberOf(row?.["id"]);
    },
    change(leg, change) {
      const columns = Object.keys(change);
      if (columns.length === 0) {
        return;
      }
      const values: SqlValue[] = Object.values(change);
      database
        .prepare(`UPDATE http_leg SET ${columns.map((column) => `${column} = ?`).join(", ")} WHERE id = ?`)
        .run(...values, leg);
    },
  };
}

/** A request and its invocation come in either order, nearly at the same time. */
export const LEG_PATIENCE: Nanos = 10 * SECOND;

/**
 * Rows of `http_leg` among the newest that belong to no invocation that was requested on a stream, oldest first. Parameter: those from
 * then on are not looked at, since their invocation may yet come.
 */
export const STRAY_LEGS = `SELECT * FROM (SELECT * FROM http_leg ORDER BY id DESC LIMIT ${MAX_LEGS_LOOKED_AT}) h
  WHERE (h.invocation_id IS NULL OR NOT EXISTS (
    SELECT 1 FROM invocation i WHERE i.invocation_id = h.invocation_id AND i.started_seq IS NOT NULL))
    AND h.request_at < ? ORDER BY h.id`;

/** Asks for legs. */
export type HttpLegQueries = {
  /** Those that belong to nobody. @param now of a session that is recorded; absent where it stands still */
  strays(now?: Nanos): StrayHttp;
  /** The leg of an invocation; of several under one id the one of that attempt (1, 2, 3 …), or the newest. */
  ofInvocation(invocationId: string, attempt: number): HttpLeg | undefined;
  /** Number of a body that belongs to a leg; undefined where there is none, and where there is no such leg. */
  body(leg: number, part: "request" | "response"): number | undefined;
  has(leg: number): boolean;
};

/** Prepares the statements. */
export function createHttpLegQueries(database: Database): HttpLegQueries {
  const nth = (order: "ASC" | "DESC") =>
    database.prepare(
      `SELECT *, ${isHttpBodyGone("request")} AS request_dropped,
         ${isHttpBodyGone("response")} AS response_dropped
       FROM http_leg WHERE invocation_id = ? ORDER BY id ${order} LIMIT 1 OFFSET ?`,
    );
  const fromOldest = nth("ASC");
  const fromNewest = nth("DESC");
  const strays = database.prepare(
    `SELECT *, ${isHttpBodyGone("request")} AS request_dropped, ${isHttpBodyGone("response")} AS response_dropped
     FROM (${STRAY_LEGS}) http_leg`,
  );
  const one = database.prepare("SELECT request_body, response_body FROM http_leg WHERE id = ?");
  return {
    strays(now = Number.MAX_SAFE_INTEGER) {
      const rows = strays.all(now - LEG_PATIENCE);
      return {
        legs: rows
          .slice(-MAX_STRAY_LEGS)
          .map((row) => ({ ...legOf(row), ...optional("invocationId", textOf(row["invocation_id"])) })),
        count: rows.length,
      };
    },
    ofInvocation(invocationId, attempt) {
      if (invocationId === "") {
        return undefined;
      }
      const row = fromOldest.get(invocationId, attempt - 1) ?? fromNewest.get(invocationId, 0);
      return row === undefined ? undefined : legOf(row);
    },
    body: (leg, part) => maybeNumber(one.get(leg)?.[`${part}_body`]),
    has: (leg) => one.get(leg) !== undefined,
  };
}

function legOf(row: SqlRow): HttpLeg {
  const status = maybeNumber(row["status"]);
  return {
    id: numberOf(row["id"]),
    request: {
      method: textOf(row["method"]) ?? "",
      target: textOf(row["target"]) ?? "",
      ...partOf(row, "request"),
    },
    ...optional(
      "response",
      status === undefined ? undefined : { status, reason: textOf(row["reason"]) ?? "", ...partOf(row, "response") },
    ),
    ...optional("lost", textOf(row["lost"])),
  };
}

function partOf(row: SqlRow, part: "request" | "response"): HttpLegPart {
  return {
    at: numberOf(row[`${part}_at`]),
    ...optional("endedAt", maybeNumber(row[`${part}_ended_at`])),
    headers: headersOf(row[`${part}_headers`]),
    size: numberOf(row[`${part}_size`]),
    ...(row[`${part}_dropped`] === 1 && { isBodyDropped: true as const }),
  };
}

function headersOf(value: SqlValue | undefined): [string, string][] {
  const list = jsonOf(value);
  if (!Array.isArray(list)) {
    return [];
  }
  return list.flatMap((pair): [string, string][] => (Array.isArray(pair) ? [[String(pair[0]), String(pair[1])]] : []));
}
