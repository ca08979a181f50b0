/** How many of each function's calls were answered over HTTP with a status of 500 or more. */
import { isOfOtherTrigger, SERVER_ERROR } from "@inspector/filter/http-status";
import { ofReplay } from "@inspector/filter/message-flags";
import { KIND } from "@inspector/proto";
import { type Database, numberOf, type SqlRow, textOf } from "./database.ts";

/** By stream, then by function; of the host's calls, replays left out. */
export type ServerErrors = {
  of(stream: number, functionId: string): number;
  ofStream(stream: number): number;
};

const BY_HOST = `NOT ${ofReplay("i.id")}`;
const OF_HTTP = `NOT ${isOfOtherTrigger("i")}`;

const counters = new WeakMap<Database, Counter>();

/** Messages are looked at once: a session that is asked about again and again may have millions. */
export function serverErrorsOf(database: Database): ServerErrors {
  const counter = counters.get(database) ?? new Counter(database);
  counters.set(database, counter);
  return counter.count();
}

class Counter {
  readonly #database: Database;
  readonly #counts = new Map<string, SqlRow>();
  /** The first and the last message of those that were counted. The oldest ones may be given up to save space. */
  #first = 0;
  #through = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  count(): ServerErrors {
    const ends = this.#database.prepare("SELECT min(seq) AS first, max(seq) AS last FROM message").get();
    const [first, last] = [numberOf(ends?.["first"] ?? 0), numberOf(ends?.["last"] ?? 0)];
    if (first !== this.#first) {
      this.#counts.clear();
      this.#through = 0;
      this.#first = first;
    }
    const answers = this.#database.prepare(
      `SELECT i.stream, i.function_id, count(*) AS n FROM message m JOIN invocation i ON i.id = m.invocation AND i.answered_seq = m.seq
       WHERE m.seq > ? AND m.seq <= ? AND m.kind = ${KIND.invocationResponse} AND m.status = 1 AND m.text GLOB '5[0-9][0-9]'
         AND ${BY_HOST} AND ${OF_HTTP} GROUP BY 1, 2`,
    );
    for (const row of answers.all(this.#through, last)) {
      add(this.#counts, row);
    }
    this.#through = last;
    const all = new Map(this.#counts);
    for (const row of this.#besideTheStream()) {
      add(all, row);
    }
    const rows = [...all.values()];
    return {
      of: (stream, functionId) => numberOf(all.get(`${stream} ${functionId}`)?.["n"] ?? 0),
      ofStream: (stream) =>
        rows.filter((row) => row["stream"] === stream).reduce((sum, row) => sum + numberOf(row["n"]), 0),
    };
  }

  /** What host and worker said over HTTP, whose answers have no message. */
  #besideTheStream(): SqlRow[] {
    return this.#database
      .prepare(
        `SELECT i.stream, i.function_id, count(*) AS n FROM http_leg h JOIN invocation i ON i.invocation_id = h.invocation_id
         WHERE h.status >= ${SERVER_ERROR} AND h.invocation_id <> '' AND ${BY_HOST} AND i.attempt = (
           SELECT count(*) FROM http_leg l WHERE l.invocation_id = h.invocation_id AND l.id <= h.id)
         GROUP BY 1, 2`,
      )
      .all();
  }
}

function add(counts: Map<string, SqlRow>, row: SqlRow): void {
  const key = `${numberOf(row["stream"])} ${textOf(row["function_id"]) ?? ""}`;
  const n = numberOf(counts.get(key)?.["n"] ?? 0) + numberOf(row["n"]);
  counts.set(key, { ...row, n });
}
