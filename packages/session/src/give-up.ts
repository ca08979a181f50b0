/**
 * Gives up what is oldest in a session, in the order of `message.seq`: bodies first, and rows with all that is of them where
 * rows are what fills it. What is given up is given up whole, within the caller's transaction, so that presence of bytes
 * (see isBodyGone) is all that anybody has to ask for.
 */
import { BODY_PARTS, isBodyGone, PACK_BYTES } from "@inspector/filter/bodies";
import type { BodyStore } from "./body-store.ts";
import { type Database, numberOf, type SqlRow, type SqlValue, textOf } from "./database.ts";
import { BIN_WIDTHS } from "./density.ts";
import { isRecord, jsonOf } from "./sql-values.ts";

/** Makes room in a session by giving up what is oldest. Within a transaction of the caller. */
export type GivingUp = {
  /**
   * Gives up the oldest bodies, about `bytes` in all: those of messages, and those of HTTP and shared memory that are older.
   * @returns how many bytes that were; `isAll` once only what is still coming is left
   */
  bodies(bytes: number): { readonly bytes: number; readonly isAll: boolean };
  /** Gives up what was stored of bodies that are still coming, but for their first parts, which say what they are. @returns bytes */
  unfinished(bytes: number): number;
  /** Gives up the oldest rows, but never the newest one. @returns how many */
  rows(count: number): number;
  /** How many rows were given up so far: their numbers are missing at the beginning. */
  readonly rowsGivenUp: number;
};

/** What table `session` says. */
export function valuesOf(database: Database): Map<string, string> {
  const rows = database.prepare("SELECT key, value FROM session").all();
  return new Map(rows.map((row) => [textOf(row["key"]) ?? "", textOf(row["value"]) ?? ""]));
}

/** How far giving up has come; `session.given_up` as JSON. */
type Progress = {
  /** Messages before this one have no bytes outside packs. */
  readonly bodies: number;
  /** Messages before this one have no bytes in packs. */
  readonly packed: number;
  /** The last HTTP leg and the last copy of shared memory that were looked at. */
  readonly leg: number;
  readonly copy: number;
  /** Rows that have no bytes any more. */
  readonly messages: number;
};

const NOTHING_YET: Progress = { bodies: 0, packed: 0, leg: 0, copy: 0, messages: 0 };

/**
 * Rows that have no bytes any more.
 * @param values of table `session`. Up to version 3 they say what was given up without being right about it, so rows are looked at.
 */
export function rowsWithoutBody(database: Database, values: ReadonlyMap<string, string>): number {
  const givenUp = values.get("given_up");
  if (givenUp !== undefined || !values.has("dropped_messages")) {
    return progressOf(givenUp).messages;
  }
  return numberOf(database.prepare(`SELECT count(*) AS n FROM message m WHERE ${isBodyGone("m")}`).get()?.["n"]);
}

function progressOf(text: string | undefined): Progress {
  const value = jsonOf(text);
  if (!isRecord(value)) {
    return NOTHING_YET;
  }
  const number = (key: keyof Progress): number => {
    const found = value[key];
    return typeof found === "number" ? found : 0;
  };
  return {
    bodies: number("bodies"),
    packed: number("packed"),
    leg: number("leg"),
    copy: number("copy"),
    messages: number("messages"),
  };
}

/** Messages whose sizes are summed up first; more where they are small. */
const FIRST_WIDTH = 64;

/** Looks up what was given up before. */
export function createGivingUp(database: Database, store: BodyStore): GivingUp {
  const values = valuesOf(database);
  let progress = { ...progressOf(values.get("given_up")), messages: rowsWithoutBody(database, values) };

  const get = (sql: string, ...params: SqlValue[]): SqlRow => database.prepare(sql).get(...params) ?? {};
  const run = (sql: string, ...params: SqlValue[]): void => void database.prepare(sql).run(...params);
  const newest = (): number => numberOf(get("SELECT max(seq) AS n FROM message")["n"]);
  const oldest = (): number => numberOf(get("SELECT min(seq) AS n FROM message")["n"]);
  const sumOf = database.prepare("SELECT total(size) AS bytes FROM message WHERE seq >= ? AND seq < ?");

  function advance(change: Partial<Progress>): void {
    progress = { ...progress, ...change };
    run(
      "INSERT INTO session (key, value) VALUES ('given_up', ?) ON CONFLICT DO UPDATE SET value = excluded.value",
      JSON.stringify(progress),
    );
  }

  /** The message before which about `bytes` stand. */
  function cutFor(bytes: number, last: number): number {
    let cut = Math.max(progress.bodies, oldest());
    let width = FIRST_WIDTH;
    for (let sum = 0; sum < bytes && cut <= last; ) {
      const more = numberOf(sumOf.get(cut, cut + width)?.["bytes"]);
      if (width > 1 && sum + more > 2 * bytes) {
        width = Math.max(1, width >> 2);
        continue;
      }
      sum += more;
      cut += width;
      width *= 2;
    }
    return Math.min(cut, last + 1);
  }

  /** Deletes rows of `body`, up to `end`, exclusive. @returns bytes */
  function deleteParts(from: number, end: number): number {
    const bytes = numberOf(get("SELECT total(length(bytes)) AS n FROM body WHERE id >= ? AND id < ?", from, end)["n"]);
    run("DELETE FROM body WHERE id >= ? AND id < ?", from, end);
    return bytes;
  }

  function deleteBody(body: number): number {
    return deleteParts(body * BODY_PARTS, (body + 1) * BODY_PARTS);
  }

  function deleteBodyOf(value: SqlValue | undefined): number {
    return typeof value === "number" && value > 0 ? deleteBody(value) : 0;
  }

  /** Deletes the bodies of all messages before `cut`. @returns bytes */
  function sweep(cut: number): number {
    if (cut <= progress.bodies) {
      return 0;
    }
    const bytes = sweepOwnBodies(cut) + sweepPacks(cut) + sweepBesides(cut);
    advance({ bodies: cut });
    store.forget(bytes);
    return bytes;
  }

  function sweepOwnBodies(cut: number): number {
    const own = database
      .prepare("SELECT body FROM message WHERE seq >= ? AND seq < ? AND body > 0 AND size > 0")
      .all(progress.bodies, cut)
      .map(({ body }) => deleteBody(numberOf(body)));
    advance({ messages: progress.messages + own.filter((bytes) => bytes > 0).length });
    return own.reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Packs are filled in the order of messages. The one that the last message before `cut` is in may hold later ones too. */
  function sweepPacks(cut: number): number {
    const last = get(
      "SELECT body FROM message WHERE seq >= ? AND seq < ? AND body < 0 ORDER BY seq DESC LIMIT 1",
      progress.packed,
      cut,
    );
    if (typeof last["body"] !== "number") {
      return 0;
    }
    const pack = Math.floor(-last["body"] / PACK_BYTES);
    const bytes = numberOf(get("SELECT total(length(bytes)) AS n FROM pack WHERE id < ?", pack)["n"]);
    run("DELETE FROM pack WHERE id < ?", pack);
    const packed = get(
      "SELECT seq FROM message WHERE seq >= ? AND seq < ? AND body < 0 AND -body / ? >= ? ORDER BY seq LIMIT 1",
      ...[progress.packed, cut, PACK_BYTES, pack],
    );
    const first = numberOf(packed["seq"]);
    const gone = get(
      "SELECT count(*) AS n FROM message WHERE seq >= ? AND seq < ? AND body < 0",
      progress.packed,
      first,
    );
    advance({ packed: first, messages: progress.messages + numberOf(gone["n"]) });
    return bytes;
  }

  /** Bodies of HTTP and of shared memory that are complete and older than the message at `cut`. */
  function sweepBesides(cut: number): number {
    const at = timeOf(cut);
    const legs = database
      .prepare(
        `SELECT id, request_body, response_body FROM http_leg WHERE id > ? AND request_at < ?
         AND (lost IS NOT NULL OR (request_ended_at IS NOT NULL AND response_ended_at IS NOT NULL)) ORDER BY id`,
      )
      .all(progress.leg, at);
    const copies = database
      .prepare("SELECT id, body FROM shared_memory WHERE id > ? AND at < ? AND file IS NULL ORDER BY id")
      .all(progress.copy, at);
    const bodies = [
      ...legs.flatMap((leg) => [leg["request_body"], leg["response_body"]]),
      ...copies.map(({ body }) => body),
    ];
    const bytes = bodies.reduce((sum: number, body) => sum + deleteBodyOf(body), 0);
    const leg = numberOf(legs.at(-1)?.["id"]);
    const copy = numberOf(copies.at(-1)?.["id"]);
    advance({ leg: Math.max(progress.leg, leg), copy: Math.max(progress.copy, copy) });
    return bytes;
  }

  /** When the message at `cut` crossed; behind everything where there is none. */
  function timeOf(cut: number): number {
    const at = get("SELECT at FROM message WHERE seq >= ? ORDER BY seq LIMIT 1", cut)["at"];
    return typeof at === "number" ? at : Number.MAX_SAFE_INTEGER;
  }

  function deleteRows(cut: number): void {
    const at = timeOf(cut);
    // What waits for its answer stays, or the answer would be taken for that of an unknown invocation.
    run(
      `DELETE FROM invocation WHERE id < ?1
         AND (answered_seq IS NOT NULL OR started_seq IS NULL OR stream IN (SELECT id FROM stream WHERE ended_at IS NOT NULL))
         AND NOT EXISTS (SELECT 1 FROM message m WHERE m.invocation = invocation.id AND m.seq >= ?1)`,
      cut,
    );
    run("DELETE FROM replay WHERE invocation < ? AND invocation NOT IN (SELECT id FROM invocation)", cut);
    run("DELETE FROM worker_step WHERE id < ? AND step = 'status' AND answered_seq < ?", cut, cut);
    run("DELETE FROM intervention WHERE seq < ?", cut);
    run("DELETE FROM hold WHERE seq < ? AND ifnull(invocation NOT IN (SELECT id FROM invocation), 1)", cut);
    deleteLegs(at);
    run("DELETE FROM shared_memory WHERE id <= ? AND at < ? AND file IS NULL", progress.copy, at);
    for (const width of BIN_WIDTHS) {
      run(
        "DELETE FROM density WHERE width = ? AND bin < ?",
        width,
        Math.floor(Math.min(at, Number.MAX_SAFE_INTEGER) / width),
      );
    }
    run("DELETE FROM event WHERE at < ? AND type IN ('process-output', 'fault')", at);
    run("DELETE FROM message WHERE seq < ?", cut);
  }

  /** Legs that were still coming when their bodies had their turn may have some. */
  function deleteLegs(at: number): void {
    const legs = database
      .prepare(
        `SELECT id, request_body, response_body FROM http_leg
         WHERE id <= ? AND request_at < ? AND (lost IS NOT NULL OR response_ended_at IS NOT NULL)`,
      )
      .all(progress.leg, at);
    for (const { id, request_body, response_body } of legs) {
      store.forget([request_body, response_body].reduce((sum: number, body) => sum + deleteBodyOf(body), 0));
      run("DELETE FROM http_leg WHERE id = ?", numberOf(id));
    }
  }

  return {
    bodies(bytes) {
      const last = newest();
      const cut = cutFor(bytes, last);
      return { bytes: sweep(cut), isAll: cut > last };
    },
    unfinished(bytes) {
      let given = 0;
      for (const [body] of [...store.coming].sort(([, a], [, b]) => b - a)) {
        if (given >= bytes) {
          return given;
        }
        const deleted = deleteParts(body * BODY_PARTS + 1, (body + 1) * BODY_PARTS);
        store.forget(deleted, body);
        given += deleted;
      }
      // What a hub left behind that was killed.
      for (let after = 0; given < bytes; ) {
        const id = get(`SELECT id FROM body WHERE id > ? AND id % ${BODY_PARTS} > 0 ORDER BY id LIMIT 1`, after)["id"];
        if (typeof id !== "number") {
          break;
        }
        const end = (Math.floor(id / BODY_PARTS) + 1) * BODY_PARTS;
        const deleted = deleteParts(id, end);
        store.forget(deleted);
        given += deleted;
        after = end - 1;
      }
      return given;
    },
    rows(count) {
      const first = oldest();
      const cut = Math.min(first + count, newest());
      if (cut <= first) {
        return 0;
      }
      sweep(cut);
      const gone = get(
        "SELECT count(*) AS n FROM message WHERE seq < ? AND size > 0 AND (body > 0 OR (body < 0 AND seq < ?))",
        ...[cut, progress.packed],
      );
      deleteRows(cut);
      advance({ messages: Math.max(0, progress.messages - numberOf(gone["n"])) });
      return cut - first;
    },
    get rowsGivenUp() {
      return Math.max(0, oldest() - 1);
    },
  };
}
