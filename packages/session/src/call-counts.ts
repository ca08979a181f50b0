/** How many calls each function got from the host, how many failed, and how many were answered with a server error. */
import { isOfOtherTrigger, SERVER_ERROR } from "@inspector/filter/http-status";
import { ofReplay } from "@inspector/filter/message-flags";
import { KIND } from "@inspector/proto";
import { type Database, numberOf, type SqlRow, textOf } from "./database.ts";

/** Replays left out. */
export type Counts = {
  readonly calls: number;
  /** Calls whose answer says Failure. */
  readonly failures: number;
  /** Calls that were answered over HTTP with a status of 500 or more. */
  readonly serverErrors: number;
};

/** By stream, and there by function. */
export type CallCounts = {
  of(stream: number, functionId: string): Counts;
  ofStream(stream: number): Counts;
};

const NONE: Counts = { calls: 0, failures: 0, serverErrors: 0 };

const BY_HOST = `NOT ${ofReplay("i.id")}`;
const OF_HTTP = `NOT ${isOfOtherTrigger("i")}`;

/** Two looks at the ends of the table. Both in one SELECT would be read from every row. */
const ENDS = "SELECT (SELECT min(seq) FROM message) AS first, (SELECT max(seq) FROM message) AS last";

const counters = new WeakMap<Database, Counter>();

/** Each message is looked at once, however often a session is asked about: it may have millions. */
export function callCountsOf(database: Database): CallCounts {
  const counter = counters.get(database) ?? new Counter(database);
  counters.set(database, counter);
  return counter.count();
}

/**
 * A call is counted at the message that makes it one, its request, and a failure at the later one of request and answer, in whatever
 * order they were recorded: neither changes afterwards.
 */
class Counter {
  readonly #database: Database;
  /** By stream, then by function id; "" for none. */
  readonly #counts = new Map<number, Map<string, Counts>>();
  /** The first and the last message of those that were counted. The oldest ones may be given up to save space. */
  #first = 0;
  #through = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  count(): CallCounts {
    const ends = this.#database.prepare(ENDS).get();
    const [first, last] = [numberOf(ends?.["first"]), numberOf(ends?.["last"])];
    if (first !== this.#first) {
      this.#counts.clear();
      this.#through = 0;
      this.#first = first;
    }
    for (const row of this.#through === 0 ? this.#all(last) : this.#added(last)) {
      add(this.#counts, row);
    }
    this.#through = last;
    const besides = new Map<number, Map<string, Counts>>();
    for (const row of this.#besideTheStream()) {
      add(besides, row);
    }
    const parts = [this.#counts, besides];
    return {
      of: (stream, functionId) => sumOf(parts.map((counts) => counts.get(stream)?.get(functionId) ?? NONE)),
      ofStream: (stream) => sumOf(parts.flatMap((counts) => [...(counts.get(stream)?.values() ?? [])])),
    };
  }

  /** All that is counted at messages up to `last`, invocation by invocation: a third of what looking at the messages takes. */
  #all(last: number): SqlRow[] {
    return this.#database
      .prepare(
        `SELECT i.stream, i.function_id, total(i.started_seq <= ?1) AS calls,
           total(i.status = 0 AND max(i.started_seq, i.answered_seq) <= ?1) AS failures,
           total(i.answered_seq <= ?1 AND i.status = 1 AND i.result GLOB '5[0-9][0-9]' AND ${OF_HTTP}) AS server_errors
         FROM invocation i NOT INDEXED WHERE ${BY_HOST} GROUP BY 1, 2`,
      )
      .all(last);
  }

  /** What is counted at messages that are new. */
  #added(last: number): SqlRow[] {
    return this.#database
      .prepare(
        `SELECT i.stream, i.function_id, total(i.started_seq = m.seq) AS calls,
           total(i.status = 0 AND m.seq = max(i.started_seq, i.answered_seq)) AS failures,
           total(i.answered_seq = m.seq AND i.status = 1 AND i.result GLOB '5[0-9][0-9]' AND ${OF_HTTP}) AS server_errors
         FROM message m CROSS JOIN invocation i ON i.id = m.invocation
         WHERE m.seq > ? AND m.seq <= ? AND m.kind IN (${KIND.invocationRequest}, ${KIND.invocationResponse}) AND ${BY_HOST}
         GROUP BY 1, 2`,
      )
      .all(this.#through, last);
  }

  /** What host and worker said over HTTP, whose answers have no message. */
  #besideTheStream(): SqlRow[] {
    // CROSS: from the few legs to their invocations. SQLite would look at every invocation, to have them grouped.
    return this.#database
      .prepare(
        `SELECT i.stream, i.function_id, count(*) AS server_errors FROM http_leg h CROSS JOIN invocation i ON i.invocation_id = h.invocation_id
         WHERE h.status >= ${SERVER_ERROR} AND h.invocation_id <> '' AND ${BY_HOST} AND i.attempt = (
           SELECT count(*) FROM http_leg l WHERE l.invocation_id = h.invocation_id AND l.id <= h.id)
         GROUP BY 1, 2`,
      )
      .all();
  }
}

function add(counts: Map<number, Map<string, Counts>>, row: SqlRow): void {
  const stream = numberOf(row["stream"]);
  const ofStream = counts.get(stream) ?? new Map<string, Counts>();
  counts.set(stream, ofStream);
  const functionId = textOf(row["function_id"]) ?? "";
  const found = {
    calls: numberOf(row["calls"]),
    failures: numberOf(row["failures"]),
    serverErrors: numberOf(row["server_errors"]),
  };
  ofStream.set(functionId, sumOf([ofStream.get(functionId) ?? NONE, found]));
}

function sumOf(all: readonly Counts[]): Counts {
  return all.reduce(
    (sum, one) => ({
      calls: sum.calls + one.calls,
      failures: sum.failures + one.failures,
      serverErrors: sum.serverErrors + one.serverErrors,
    }),
    NONE,
  );
}
