/** What a session is asked. Read-only, over any driver. */

import type { Intervention } from "@inspector/contract/intervention";
import {
  CONTRACT_VERSION,
  type ConnectionInfo,
  type EndInfo,
  type EventPage,
  type LogLevel,
  MAX_ROWS,
  type MessagePage,
  type MessageRow,
  type Nanos,
  type Seq,
  type SessionEvent,
  type SessionInfo,
  type Status,
  type StreamInfo,
} from "@inspector/contract/page";
import { isBodyGone } from "@inspector/filter/bodies";
import type { Fragment } from "@inspector/filter/fragment";
import { nameKind } from "@inspector/filter/kinds";
import {
  FLAG_COMPRESSED,
  FLAG_DAMAGED,
  FLAG_SYSTEM_LOG,
  FLAG_TRUNCATED,
  INTERVENTION_FLAGS,
} from "@inspector/filter/message-flags";
import { createBodyReader } from "./body.ts";
import { type Database, inSnapshot, numberOf, type SqlRow, type SqlValue, textOf } from "./database.ts";
import { rowsWithoutBody, valuesOf } from "./give-up.ts";
import { SELECT_STREAMS } from "./host-dialled.ts";
import { numberList } from "./number-list.ts";
import { ConnectionCounts, GapCounts, StreamCounts } from "./session-summary.ts";
import { createSharedMemoryQueries } from "./shared-memory.ts";
import { isRecord, jsonOf, maybeNumber, optional, sideOf } from "./sql-values.ts";

const STATUSES: readonly Status[] = ["Failure", "Success", "Cancelled"];
const LEVELS: readonly LogLevel[] = ["Trace", "Debug", "Information", "Warning", "Error", "Critical", "None"];
const SIDES = ["host", "worker", "relay"] as const;

const ROW = `
  SELECT m.*, s.path, f.name AS function_name, v.flags AS intervention,
    ${isBodyGone("m")} AS is_dropped
  FROM message m
  JOIN stream s ON s.id = m.stream
  LEFT JOIN intervention v ON v.seq = m.seq
  LEFT JOIN invocation i ON i.id = m.invocation
  LEFT JOIN function f ON f.stream = m.stream AND f.function_id = coalesce(m.function_id, i.function_id)`;

/** Rows of which something is new: those that match a condition now, and those that do not. */
export type Changed = { readonly ids: readonly Seq[]; readonly gone: readonly Seq[] };

/** What {@link createQueries} gives. */
export type Queries = ReturnType<typeof createQueries>;

/**
 * Everything that is asked of a session: rows by their numbers, columns of numbers by a filter, bodies by ranges. Each call sees
 * what is committed by then; {@link Queries.atOnce} holds several to one moment.
 *
 * ```ts
 * const seqs = queries.column(undefined, 0, Number.MAX_SAFE_INTEGER); // [1, 2, 3, …]
 * const { rows } = queries.messages(seqs.slice(0, 100));
 * ```
 */
export function createQueries(database: Database) {
  const last = database.prepare("SELECT max(seq) AS n FROM message");
  const after = database.prepare(`${ROW} WHERE m.seq > ? ORDER BY m.seq LIMIT ?`);
  const one = database.prepare(`${ROW} WHERE m.seq = ?`);
  const related = database.prepare(
    `WITH one AS (SELECT seq, invocation FROM message WHERE seq = ?)
     SELECT * FROM (SELECT m.seq FROM message m, one WHERE m.invocation = one.invocation AND m.seq <= one.seq
       ORDER BY m.seq DESC LIMIT ${MAX_ROWS / 2})
     UNION ALL SELECT * FROM (SELECT m.seq FROM message m, one WHERE m.invocation = one.invocation AND m.seq > one.seq
       ORDER BY m.seq LIMIT ${MAX_ROWS / 2})
     ORDER BY 1`,
  );
  const origins = database.prepare(
    "SELECT m.body, m.side, s.path, s.headers FROM message m JOIN stream s ON s.id = m.stream WHERE m.seq = ?",
  );
  const bodies = createBodyReader(database);
  const events = database.prepare("SELECT * FROM event WHERE id > ? ORDER BY id LIMIT 1000");

  const clock = database.prepare("SELECT value FROM session WHERE key = 'clock'");
  const marked = database.prepare("SELECT seq FROM intervention WHERE seq <= ? ORDER BY seq");

  const requestsBefore = database.prepare("SELECT id FROM invocation WHERE id < ? ORDER BY id DESC LIMIT ?");
  const oneStream = database.prepare(`${SELECT_STREAMS} WHERE id = ?`);
  const streamCounts = new StreamCounts(database, streamOf);
  const connectionCounts = new ConnectionCounts(database, connectionOf);
  const gapCounts = new GapCounts(database);

  /** In a session that an older version recorded, which does not change, it takes a look at every row. */
  let counted: number | undefined;
  function withoutBody(values: ReadonlyMap<string, string>): number {
    if (values.has("given_up")) {
      return rowsWithoutBody(database, values);
    }
    counted ??= rowsWithoutBody(database, values);
    return counted;
  }

  const lastSeq = (): Seq => numberOf(last.get()?.["n"]);

  return {
    /** What `work` asks is answered as of one moment, while the session grows. */
    atOnce: <T>(work: () => T): T => inSnapshot(database, work),
    lastSeq,
    messagesAfter(seq: Seq, limit: number): MessagePage {
      return { rows: after.all(seq, Math.min(Math.max(limit, 1), MAX_ROWS)).map(rowOf), last: lastSeq() };
    },
    messages(seqs: readonly Seq[]): MessagePage {
      const rows = seqs.slice(0, MAX_ROWS).flatMap((seq) => one.all(seq).map(rowOf));
      return { rows, last: lastSeq() };
    },
    message(seq: Seq): MessageRow | undefined {
      const row = one.get(seq);
      return row === undefined ? undefined : rowOf(row);
    },
    /** Number of the message's body and the path and grpc-encoding under which it crossed. */
    origin(seq: Seq): { body: number; path: string; encoding: string | undefined } | undefined {
      const row = origins.get(seq);
      if (row === undefined) {
        return undefined;
      }
      const headers = jsonOf(row["headers"]);
      const side = SIDES[numberOf(row["side"])] ?? "relay";
      const encoding = isRecord(headers) && isRecord(headers[side]) ? headers[side]["grpc-encoding"] : undefined;
      return {
        body: numberOf(row["body"]),
        path: textOf(row["path"]) ?? "",
        encoding: typeof encoding === "string" ? encoding : undefined,
      };
    },
    related(seq: Seq): Seq[] {
      const found = related.all(seq).map((row) => numberOf(row["seq"]));
      return found.length > 0 ? found : [seq];
    },
    /** The newest requests of invocations before a message, as far as their bytes are at hand. */
    requestsBefore(seq: Seq, count: number): Seq[] {
      return requestsBefore.all(seq, count).map((row) => numberOf(row["id"]));
    },
    /** Bytes `start` (inclusive) to `end` (exclusive) of a body; `end` is at most the size of the message. */
    bodyBytes: bodies.bytes,
    sharedMemory: createSharedMemoryQueries(database),
    /** What is stored of a body of HTTP or of shared memory. */
    bodySize: bodies.size,
    /** Sequence numbers in `(seq, through]` for which the condition on `message m` holds, ascending. */
    column(condition: Fragment | undefined, seq: Seq, limit: number, through: Seq = Number.MAX_SAFE_INTEGER): Seq[] {
      const where = condition === undefined ? "" : `AND (${condition.sql})`;
      const sql = `SELECT m.seq FROM message m WHERE m.seq > ? AND m.seq <= ? ${where} ORDER BY m.seq LIMIT ?`;
      return numberList(database, "seq", sql, [seq, through, ...(condition?.params ?? []), limit]);
    },
    /** Which of some messages match now. */
    sort(condition: Fragment, seqs: readonly Seq[]): Changed {
      const rows = database
        .prepare(
          `SELECT m.seq, (${condition.sql}) AS hit FROM message m WHERE m.seq IN (SELECT value FROM json_each(?)) ORDER BY 1`,
        )
        .all(...condition.params, JSON.stringify(seqs));
      const seqsOf = (isHit: boolean) =>
        rows.filter(({ hit }) => (hit === 1) === isHit).map((row) => numberOf(row["seq"]));
      return { ids: seqsOf(true), gone: seqsOf(false) };
    },
    /** Messages up to `through` that the inspector did something to, ascending. */
    marked(through: Seq): Seq[] {
      return marked.all(through).map((row) => numberOf(row["seq"]));
    },
    eventsAfter(id: number): EventPage {
      const found = events.all(id).map(eventOf);
      return { events: found, last: found.at(-1)?.id ?? id };
    },
    stream(id: number): StreamInfo | undefined {
      const row = oneStream.get(id);
      return row === undefined ? undefined : streamOf(row);
    },
    /**
     * What is to be added to the machine's monotonic clock (`process.hrtime`, nanoseconds) to get the session's time, while it is
     * being recorded. Undefined where an older inspector recorded it.
     */
    clock(): Nanos | undefined {
      const found = clock.get()?.["value"];
      return found === undefined ? undefined : Number(found);
    },
    /** What the file itself says; the hub adds what only a live recording has. */
    session(file: string): SessionInfo {
      const values = valuesOf(database);
      const pages = (pragma: string): number => numberOf(database.prepare(`PRAGMA ${pragma}`).get()?.[pragma]);
      const relay = database.prepare("SELECT listen, upstream FROM relay ORDER BY id DESC LIMIT 1").get();
      const { streams, count, workers, bytes } = streamCounts.read();
      const connections = connectionCounts.read();
      return {
        contract: CONTRACT_VERSION,
        id: values.get("id") ?? "",
        file,
        source: "file",
        startedAt: Number(values.get("started_at") ?? 0),
        version: values.get("version") ?? "",
        ...optional("redaction", redactionOf(values.get("redaction"))),
        ...optional("listen", textOf(relay?.["listen"])),
        ...optional("upstream", textOf(relay?.["upstream"])),
        last: lastSeq(),
        bytes,
        size: {
          file: pages("page_count") * pages("page_size"),
          bodiesDropped: withoutBody(values),
          rowsDropped: Math.max(0, numberOf(database.prepare("SELECT min(seq) AS n FROM message").get()?.["n"]) - 1),
        },
        gaps: gapCounts.read(),
        behind: 0,
        streams,
        streamCount: count,
        workerCount: workers,
        connections: connections.connections,
        connectionCount: connections.count,
      };
    },
  };
}

/** Who wrote the file says how it is redacted; what is no such statement says nothing. */
function redactionOf(text: string | undefined): SessionInfo["redaction"] {
  try {
    const { policy, by } = Object(JSON.parse(text ?? "null"));
    return policy === "safe" || policy === "headers-only" || policy === "none"
      ? { policy, by: String(by).slice(0, 40) }
      : undefined;
  } catch {
    return undefined;
  }
}

function rowOf(row: SqlRow): MessageRow {
  const flags = numberOf(row["flags"]);
  const status = statusOfNumber(maybeNumber(row["status"]));
  const level = typeof row["level"] === "number" ? LEVELS[row["level"]] : undefined;
  return {
    seq: numberOf(row["seq"]),
    at: numberOf(row["at"]),
    stream: numberOf(row["stream"]),
    from: sideOf(row["side"]),
    kind: nameKind(numberOf(row["kind"]), textOf(row["path"]) ?? ""),
    size: numberOf(row["size"]),
    ...optional("requestId", textOf(row["request_id"])),
    ...optional("invocationId", textOf(row["invocation_id"])),
    ...optional("invocation", maybeNumber(row["invocation"])),
    ...optional("functionId", textOf(row["function_id"])),
    ...optional("functionName", textOf(row["function_name"])),
    ...optional("status", status),
    ...optional("level", level),
    ...optional("category", textOf(row["category"])),
    ...optional("text", textOf(row["text"])),
    ...((flags & FLAG_SYSTEM_LOG) !== 0 && { isSystem: true as const }),
    ...((flags & FLAG_COMPRESSED) !== 0 && { isCompressed: true as const }),
    ...((flags & FLAG_TRUNCATED) !== 0 && { isTruncated: true as const }),
    ...((flags & FLAG_DAMAGED) !== 0 && { isDamaged: true as const }),
    ...(row["is_dropped"] === 1 && { isBodyDropped: true as const }),
    ...optional("intervention", interventionOf(numberOf(row["intervention"]))),
  };
}

/** The name of a StatusResult's status; undefined for a number that has none. */
export function statusOfNumber(status: number | undefined): Status | undefined {
  return status === undefined ? undefined : STATUSES[status];
}

/** Of several the one that says most about what the other side got. */
const INTERVENTIONS = ["injected", "dropped", "swallowed", "replaced", "held"] as const;

function interventionOf(flags: number): Intervention | undefined {
  return INTERVENTIONS.find((name) => (flags & INTERVENTION_FLAGS[name]) !== 0);
}

export function streamOf(row: SqlRow): StreamInfo {
  return {
    id: numberOf(row["id"]),
    connection: numberOf(row["connection"]),
    path: textOf(row["path"]) ?? "",
    openedAt: numberOf(row["opened_at"]),
    ...optional("endedAt", maybeNumber(row["ended_at"])),
    ...optional("end", endOf(row["end"])),
    ...(row["host_dialled"] === 1 && { dialledBy: "host" }),
    ...optional("worker", maybeNumber(row["worker"])),
    ...optional("workerId", textOf(row["worker_id"])),
    ...optional("runtime", textOf(row["runtime"])),
    ...optional("runtimeVersion", textOf(row["runtime_version"])),
    phase: phaseOf(row["phase"]),
    messages: numberOf(row["messages"]),
    bytes: numberOf(row["bytes"]),
  };
}

function connectionOf(row: SqlRow): ConnectionInfo {
  const protocol = row["protocol"];
  return {
    id: numberOf(row["id"]),
    openedAt: numberOf(row["opened_at"]),
    ...optional("closedAt", maybeNumber(row["closed_at"])),
    protocol: protocol === "http2" || protocol === "unreadable" ? protocol : "unknown",
    ...optional("reason", textOf(row["reason"])),
    ...optional("end", endOf(row["end"])),
  };
}

function eventOf(row: SqlRow): SessionEvent {
  const detail = jsonOf(row["detail"]);
  return {
    id: numberOf(row["id"]),
    at: numberOf(row["at"]),
    from: SIDES[numberOf(row["side"])] ?? "relay",
    ...optional("connection", maybeNumber(row["connection"])),
    type: textOf(row["type"]) ?? "",
    detail: isRecord(detail) ? detail : {},
  };
}

/** An end as the ingest stored it; anything else in a foreign file is no end. */
function endOf(value: SqlValue | undefined): EndInfo | undefined {
  const end = jsonOf(value);
  if (!isRecord(end)) {
    return undefined;
  }
  const { by, how, grpcStatus, grpcMessage, code } = end;
  if (by !== "host" && by !== "worker" && by !== "relay") {
    return undefined;
  }
  if (how !== "end" && how !== "reset" && how !== "lost") {
    return undefined;
  }
  return {
    by,
    how,
    ...optional("grpcStatus", typeof grpcStatus === "number" ? grpcStatus : undefined),
    ...optional("grpcMessage", typeof grpcMessage === "string" ? grpcMessage : undefined),
    ...optional("code", typeof code === "number" || typeof code === "string" ? code : undefined),
  };
}

function phaseOf(value: SqlValue | undefined): StreamInfo["phase"] {
  switch (value) {
    case "started":
    case "initialized":
    case "loaded":
    case "ended":
    case "failed":
      return value;
    default:
      return "connected";
  }
}
