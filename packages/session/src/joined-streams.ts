/** Streams of one worker beside its first one (the host's capability MultiStream). */
import { OPEN_WORKERS } from "@inspector/filter/columns";
import { type Database, numberOf } from "./database.ts";

/**
 * A stream that a worker opened while another one of its was open: its start-up is that one's, and an invocation that was sent in
 * the one may be answered in the other. `worker` is that first stream, by which the worker goes. Since version 7.
 */
export const JOINED_STREAM_SCHEMA = `
CREATE TABLE joined_stream (
  stream INTEGER PRIMARY KEY REFERENCES stream(id),
  worker INTEGER NOT NULL REFERENCES stream(id)
);
`;

/** Of a list of streams: all but those that joined another one. To stand behind WHERE. */
export const IS_FIRST_STREAM = "id NOT IN (SELECT stream FROM joined_stream)";

/** What a worker's later streams have beside their own rows. */
export function createJoinedStreams(database: Database) {
  const first = database.prepare(
    `SELECT id FROM stream s WHERE worker_id = ? AND id < ? AND (ended_at IS NULL OR id IN (${OPEN_WORKERS})) AND s.${IS_FIRST_STREAM}
     ORDER BY id LIMIT 1`,
  );
  const ended = database.prepare(
    `SELECT max(id) AS id FROM stream s WHERE worker_id = ? AND id < ? AND ended_at IS NOT NULL AND s.${IS_FIRST_STREAM}`,
  );
  const join = database.prepare("INSERT OR IGNORE INTO joined_stream (stream, worker) VALUES (?, ?)");
  const takeFunctions = database.prepare(
    "INSERT OR IGNORE INTO function (stream, function_id, name, trigger) SELECT ?, function_id, name, trigger FROM function WHERE stream = ?",
  );
  const joined = database.prepare("SELECT stream FROM joined_stream WHERE worker = ?");

  return {
    /**
     * To be told of a stream that says whose it is.
     * @returns the worker's first stream, where that or another of its streams is open; undefined where this one is the first
     */
    join(stream: number, workerId: string): number | undefined {
      const found = first.get(workerId, stream)?.["id"];
      if (typeof found !== "number") {
        return undefined;
      }
      join.run(stream, found);
      takeFunctions.run(stream, found);
      return found;
    },
    /** The stream before, of a worker that connects again: what it was asked there it may answer here. */
    before(stream: number, workerId: string): number | undefined {
      const found = ended.get(workerId, stream)?.["id"];
      return typeof found === "number" ? found : undefined;
    },
    /** The later streams of the worker whose first stream this is. */
    of(worker: number): number[] {
      return joined.all(worker).map((row) => numberOf(row["stream"]));
    },
  };
}
