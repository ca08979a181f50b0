/** What a session's state says of its streams, connections and gaps: read in steps, of a size that does not grow with the session. */
import type { ConnectionInfo, GapInfo, StreamInfo } from "@inspector/contract/page";
import { MAX_CONNECTIONS, MAX_STREAMS } from "@inspector/contract/page";
import { WORKER_PATHS } from "@inspector/proto";
import { type Database, numberOf, type SqlRow } from "./database.ts";
import { SELECT_STREAMS } from "./host-dialled.ts";
import { IS_FIRST_STREAM } from "./joined-streams.ts";
import { isRecord, jsonOf, maybeNumber, optional } from "./sql-values.ts";

/** Rows whose ids are looked up at once. */
const IN_LIST = "(SELECT value FROM json_each(?))";

export type StreamSummary = {
  /** Those that are open and the newest, {@link MAX_STREAMS} at most, oldest first. */
  readonly streams: readonly StreamInfo[];
  readonly count: number;
  /** Those of workers among them. */
  readonly workers: number;
  readonly bytes: number;
};

/**
 * Counts streams that have ended once. Those that are open, and the newest, are read each time: between two reads only they
 * change. An ended one may still get the messages that were on their way, so that the newest are never counted for good.
 */
export class StreamCounts {
  readonly #database: Database;
  readonly #streamOf: (row: SqlRow) => StreamInfo;
  /** Streams up to this one are settled, or among `#open`. */
  #through = 0;
  #open: readonly number[] = [];
  #settled = { count: 0, workers: 0, bytes: 0 };

  constructor(database: Database, streamOf: (row: SqlRow) => StreamInfo) {
    this.#database = database;
    this.#streamOf = streamOf;
  }

  read(): StreamSummary {
    const newest = numberOf(this.#database.prepare("SELECT max(id) AS n FROM stream").get()?.["n"]);
    this.#settle(newest - MAX_STREAMS);
    // Two questions, since SQLite would answer both in one by looking at every stream.
    const open = this.#database
      .prepare(`${SELECT_STREAMS} WHERE id IN ${IN_LIST} ORDER BY id`)
      .all(JSON.stringify(this.#open));
    const rows = this.#database.prepare(`${SELECT_STREAMS} WHERE id > ? ORDER BY id`).all(this.#through);
    const all = [...open, ...rows].map(this.#streamOf);
    const others = all.filter(({ id }) => id <= this.#through).length;
    const room = Math.max(0, MAX_STREAMS - (all.length - others));
    return {
      streams: others > room ? all.slice(others - room) : all,
      count: this.#settled.count + all.length,
      workers:
        this.#settled.workers + all.filter(({ path, worker }) => worker === undefined && isOfWorker(path)).length,
      bytes: this.#settled.bytes + all.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  }

  #settle(through: number): void {
    const to = Math.max(through, this.#through);
    const groups = [
      { where: `id IN ${IN_LIST}`, params: [JSON.stringify(this.#open)] },
      { where: "id > ? AND id <= ?", params: [this.#through, to] },
    ];
    const paths = JSON.stringify(WORKER_PATHS);
    this.#open = groups.flatMap(({ where, params }) => {
      const ended = this.#database
        .prepare(
          `SELECT count(*) AS count, coalesce(sum(bytes), 0) AS bytes, coalesce(sum(path IN ${IN_LIST} AND ${IS_FIRST_STREAM}), 0) AS workers
           FROM stream WHERE ${where} AND ended_at IS NOT NULL`,
        )
        .get(paths, ...params);
      const { count, workers, bytes } = this.#settled;
      this.#settled = {
        count: count + numberOf(ended?.["count"]),
        workers: workers + numberOf(ended?.["workers"]),
        bytes: bytes + numberOf(ended?.["bytes"]),
      };
      return this.#database
        .prepare(`SELECT id FROM stream WHERE ${where} AND ended_at IS NULL ORDER BY id`)
        .all(...params)
        .map(({ id }) => numberOf(id));
    });
    this.#through = to;
  }
}

function isOfWorker(path: string): boolean {
  return WORKER_PATHS.includes(path);
}

/** The newest connections, {@link MAX_CONNECTIONS} at most, oldest first, and how many there are. */
export class ConnectionCounts {
  readonly #database: Database;
  readonly #connectionOf: (row: SqlRow) => ConnectionInfo;
  #through = 0;
  #count = 0;

  constructor(database: Database, connectionOf: (row: SqlRow) => ConnectionInfo) {
    this.#database = database;
    this.#connectionOf = connectionOf;
  }

  read(): { readonly connections: readonly ConnectionInfo[]; readonly count: number } {
    const fresh = this.#database
      .prepare("SELECT count(*) AS count, max(id) AS last FROM connection WHERE protocol <> 'http' AND id > ?")
      .get(this.#through);
    this.#count += numberOf(fresh?.["count"]);
    this.#through = Math.max(this.#through, numberOf(fresh?.["last"]));
    const rows = this.#database
      .prepare(`SELECT * FROM connection WHERE protocol <> 'http' ORDER BY id DESC LIMIT ${MAX_CONNECTIONS}`)
      .all();
    return { connections: rows.map(this.#connectionOf).reverse(), count: this.#count };
  }
}

/** Adds up the gaps behind those that it knows: events have no index by type. */
export class GapCounts {
  readonly #database: Database;
  #through = 0;
  #gaps: GapInfo = { count: 0, bytes: 0 };

  constructor(database: Database) {
    this.#database = database;
  }

  read(): GapInfo {
    const last = numberOf(this.#database.prepare("SELECT max(id) AS n FROM event").get()?.["n"]);
    const rows = this.#database
      .prepare("SELECT at, detail FROM event WHERE id > ? AND id <= ? AND type = 'gap' ORDER BY id")
      .all(this.#through, last);
    this.#through = last;
    for (const row of rows) {
      this.#add(row);
    }
    return this.#gaps;
  }

  #add(row: SqlRow): void {
    const detail = jsonOf(row["detail"]);
    const { bytes, reason } = isRecord(detail) ? detail : {};
    this.#gaps = {
      ...this.#gaps,
      count: this.#gaps.count + 1,
      bytes: this.#gaps.bytes + (typeof bytes === "number" ? bytes : 0),
      ...optional("lastAt", maybeNumber(row["at"])),
      ...optional("reason", typeof reason === "string" ? reason : undefined),
    };
  }
}
