/**
 * Lines of a session's log beside its RpcLogs: what processes wrote, what hosts, processes and the relay did, and streams that ended.
 *
 * They are in tables `event` and `stream`. Here they are rows `m` with the columns of `message`, so that the filter language means the same for
 * both: `level:`, `category:` ("stderr", "process-exited"), `worker:`, `side:`, `at:`, text.
 */
import { type LineRow, type LogLevel, MAX_LINE_CHARS, MAX_ROWS, type Nanos } from "@inspector/contract/page";
import type { Fragment } from "@inspector/filter/fragment";
import { FLAG_SYSTEM_LOG } from "@inspector/filter/message-flags";
import { type Database, numberOf, type SqlRow, textOf } from "./database.ts";
import { maybeNumber, optional } from "./sql-values.ts";

/** Numbers of lines: an event has twice its id, the end of a stream the odd number behind twice the stream's. */
const EVENT_NUMBER = "2 * e.id";
const STREAM_NUMBER = "2 * s.id + 1";

/** Levels of events by their numbers in the contract; what is not listed is Information. */
const ERRORS = ["gap", "fault", "upstream-failed", "host-worker-failed", "host-metadata-failed", "host-gave-up"];
const WARNINGS = [
  "relay-lost",
  "session-rescued",
  "message-cut",
  "connections-refused",
  "host-timed-out",
  "unreadable-event",
];
const INFORMATION = 2;
const WARNING = 3;
const ERROR = 4;

const list = (values: readonly string[]) => values.map((value) => `'${value}'`).join(", ");
/** A member of the event's detail. */
const member = (name: string) => `json_extract(e.detail, '$.${name}')`;

const LEVEL = `CASE WHEN e.type = 'process-output' THEN NULL
  WHEN e.type IN (${list(ERRORS)}) THEN ${ERROR}
  WHEN e.type IN (${list(WARNINGS)}) THEN ${WARNING}
  WHEN e.type = 'process-exited' AND ${member("endedByHost")} IS NULL
    AND (${member("failure")} IS NOT NULL OR ${member("signal")} IS NOT NULL OR ifnull(${member("code")}, 0) <> 0) THEN ${ERROR}
  ELSE ${INFORMATION} END`;

const STARTED = `'Process' || ifnull(' ' || ${member("pid")}, '') || ' started'
  || ifnull(': ' || CASE json_type(e.detail, '$.argv') WHEN 'array'
    THEN (SELECT group_concat(a.value, ' ') FROM json_each(e.detail, '$.argv') a) END, '')`;

const EXITED = `ifnull(${member("failure")}, 'Process' || ifnull(' ' || ${member("pid")}, '') || ' ended'
  || ifnull(' with exit code ' || ${member("code")}, '') || ifnull(' by ' || ${member("signal")}, '')
  || ifnull(': ended by the host, ' || ${member("endedByHost")}, ''))`;

/** "host timed out: invocation, hello": what the details of most types have. */
const OTHERWISE = `upper(substr(e.type, 1, 1)) || replace(substr(e.type, 2), '-', ' ')
  || ifnull(': ' || coalesce(${["message", "reason", "cause", "step"].map(member).join(", ")}), '')
  || ifnull(', ' || ${member("functionName")}, '') || ifnull(', ' || ${member("count")}, '')`;

const TEXT = `CASE e.type WHEN 'process-output' THEN ${member("text")} WHEN 'process-spawned' THEN ${STARTED}
  WHEN 'process-exited' THEN ${EXITED} WHEN 'relay-started' THEN 'The recording began' WHEN 'relay-ended' THEN 'The recording ended'
  WHEN 'host-indexed' THEN 'The host knows ' || ifnull(${member("count")}, 'its') || ' functions' ELSE ${OTHERWISE} END`;

/** No message has such numbers, so what is asked of messages by their number holds for no line. */
const COMMON = "0 AS kind, 0 AS size, 0 AS body, NULL AS request_id, NULL AS function_id, NULL AS status";

/** The last stream of each worker. */
const KNOWN = `known AS MATERIALIZED (
  SELECT worker_id, max(id) AS stream FROM stream WHERE worker_id IS NOT NULL GROUP BY worker_id)`;

/** @param where on events `e` whose detail may be no JSON */
function eventRows(where: string): string {
  return `SELECT ${EVENT_NUMBER} AS number, -(${EVENT_NUMBER}) AS seq, e.at, k.stream, ${COMMON},
    CASE e.type WHEN 'process-output' THEN 1 ELSE e.side END AS side,
    CASE WHEN e.type = 'process-output' AND ${member("isSystemLog")} THEN ${FLAG_SYSTEM_LOG} ELSE 0 END AS flags,
    (SELECT max(i.id) FROM invocation i WHERE i.invocation_id = ${member("invocationId")}) AS invocation,
    ${member("invocationId")} AS invocation_id, ${member("workerId")} AS worker_id, ${LEVEL} AS level,
    CASE e.type WHEN 'process-output' THEN ifnull(${member("stream")}, 'stdout') ELSE e.type END AS category, ${TEXT} AS text
  FROM (SELECT id, at, side, type, CASE WHEN json_valid(detail) THEN detail ELSE '{}' END AS detail FROM event WHERE ${where}) e
  LEFT JOIN known k ON k.worker_id = ${member("workerId")}`;
}

const endMember = (name: string) => `json_extract(s."end", '$.${name}')`;

const END_TEXT = `CASE ${endMember("by")} WHEN 'host' THEN 'The host' WHEN 'worker' THEN 'The worker' ELSE 'The inspector' END
  || CASE ${endMember("how")} WHEN 'reset' THEN ' reset the stream' WHEN 'lost' THEN ' lost the connection under the stream' ELSE ' ended the stream' END
  || ifnull(', gRPC status ' || ${endMember("grpcStatus")}, '')
  || ifnull(': ' || nullif(${endMember("grpcMessage")}, ''), '') || ifnull(', ' || ${endMember("code")}, '')`;

/** @param where on streams that have ended, `id` and `ended_at` */
function streamRows(where: string): string {
  return `SELECT ${STREAM_NUMBER} AS number, -(${STREAM_NUMBER}) AS seq, s.ended_at AS at, s.id AS stream, ${COMMON},
    CASE ${endMember("by")} WHEN 'host' THEN 0 WHEN 'worker' THEN 1 ELSE 2 END AS side, 0 AS flags,
    NULL AS invocation, NULL AS invocation_id, s.worker_id,
    CASE WHEN ${endMember("how")} = 'end' AND ifnull(${endMember("grpcStatus")}, 0) = 0 THEN ${INFORMATION} ELSE ${WARNING} END AS level,
    'stream-ended' AS category, ${END_TEXT} AS text
  FROM (SELECT id, ended_at, worker_id, CASE WHEN json_valid("end") THEN "end" ELSE '{}' END AS "end"
    FROM stream WHERE ended_at IS NOT NULL AND ${where}) s`;
}

/** A line by its number, and when it was. */
export type LineAt = { readonly number: number; readonly at: Nanos };

/** What a view of lines has looked at: events up to one, and streams that had ended. */
export type LineStretch = {
  /** Events behind this one, up to and with `through`. */
  readonly after: number;
  readonly through: number;
  /** Streams that ended. */
  readonly streams: readonly number[];
};

/** What {@link createLineQueries} gives. */
export type LineQueries = ReturnType<typeof createLineQueries>;

export function createLineQueries(database: Database) {
  const newest = database.prepare("SELECT max(id) AS n FROM event");
  const nth = database.prepare("SELECT id FROM event WHERE id > ? ORDER BY id LIMIT 1 OFFSET ?");
  const timeOf = database.prepare("SELECT at FROM event WHERE id = ?");
  const ended = database.prepare("SELECT id, ended_at FROM stream WHERE ended_at IS NOT NULL ORDER BY ended_at");
  const endedCount = database.prepare("SELECT count(*) AS n FROM stream WHERE ended_at IS NOT NULL");
  const rows = database.prepare(
    `WITH ${KNOWN}, wanted AS (SELECT value AS number FROM json_each(?))
     ${eventRows("id IN (SELECT number / 2 FROM wanted WHERE number % 2 = 0)")}
     UNION ALL ${streamRows("id IN (SELECT number / 2 FROM wanted WHERE number % 2 = 1)")} ORDER BY at, number`,
  );

  return {
    lastEvent: (): number => numberOf(newest.get()?.["n"]),
    /** The event that `count` others behind `after` come before; undefined where there are not so many. */
    eventBehind(after: number, count: number): number | undefined {
      return maybeNumber(nth.get(after, count)?.["id"]);
    },
    timeOfEvent: (id: number): Nanos => numberOf(timeOf.get(id)?.["at"]),
    /** How many {@link endedStreams} there are, told without reading each. */
    countEnded: (): number => numberOf(endedCount.get()?.["n"]),
    /** In the order in which they ended. */
    endedStreams(): readonly { readonly id: number; readonly at: Nanos }[] {
      return ended.all().map((row) => ({ id: numberOf(row["id"]), at: numberOf(row["ended_at"]) }));
    },
    /** Lines of a stretch for which the condition on row `m` holds, in the order of their time. */
    column(condition: Fragment | undefined, { after, through, streams }: LineStretch): LineAt[] {
      return database
        .prepare(
          `WITH ${KNOWN} SELECT m.number, m.at FROM (${eventRows("id > ? AND id <= ?")}
           UNION ALL ${streamRows("id IN (SELECT value FROM json_each(?))")}) m
           WHERE ${condition?.sql ?? "1"} ORDER BY m.at, m.number`,
        )
        .all(after, through, JSON.stringify(streams), ...(condition?.params ?? []))
        .map((row) => ({ number: numberOf(row["number"]), at: numberOf(row["at"]) }));
    },
    /** At most MAX_ROWS, in the order of their time. */
    rows(numbers: readonly number[]): LineRow[] {
      return rows.all(JSON.stringify(numbers.slice(0, MAX_ROWS))).map(lineOf);
    },
  };
}

const LEVELS: ReadonlyMap<number, LogLevel> = new Map([
  [INFORMATION, "Information"],
  [WARNING, "Warning"],
  [ERROR, "Error"],
]);

function lineOf(row: SqlRow): LineRow {
  return {
    number: numberOf(row["number"]),
    at: numberOf(row["at"]),
    category: String(row["category"]),
    text: String(row["text"] ?? "").slice(0, MAX_LINE_CHARS),
    ...optional("level", LEVELS.get(numberOf(row["level"]))),
    ...optional("stream", maybeNumber(row["stream"])),
    ...optional("workerId", textOf(row["worker_id"])),
    ...optional("invocation", maybeNumber(row["invocation"])),
    ...(row["flags"] === FLAG_SYSTEM_LOG && { isSystem: true as const }),
  };
}
