/**
 * An index over the texts of messages, in a database of its own beside the session. It can be thrown away and built again at any
 * time, so that it needs no upgrades, and nothing that is wrong with it harms a recording.
 *
 * Texts are indexed by their trigrams: what is looked for is found anywhere, also within a word, if it has at least three characters.
 * They are cut into parts by sequence number; when all parts together are too large the oldest is dropped.
 */
import type { Seq } from "@inspector/contract/page";
import type { Fragment } from "@inspector/filter/fragment";
import { columnSearch, type TextSearch } from "@inspector/filter/message-terms";
import type { Pattern } from "@inspector/filter/pattern";
import { type Database, inTransaction, numberOf, textOf } from "../database.ts";

/** "FnRT" in ASCII. */
const APPLICATION_ID = 0x466e5254;
const VERSION = 1;

/** Most characters of text in one part. */
const MAX_PART_CHARS = 32 * 1024 * 1024;

/** A character takes about four bytes of index, and about four parts are to be there before the oldest is dropped. */
export function partCharsOf(maxBytes: number): number {
  return Math.min(MAX_PART_CHARS, Math.floor(maxBytes / 16));
}

/** What FTS5 collects in memory before it writes a segment: the larger, the less is merged later. */
const PENDING_BYTES = 16 * 1024 * 1024;

const SCHEMA = `
CREATE TABLE state (session TEXT NOT NULL, through INTEGER NOT NULL);
CREATE TABLE part (id INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL, chars INTEGER NOT NULL);
`;

/** What of a message is to be found. */
export type IndexedText = { readonly seq: Seq; readonly text: string };

/** Extends an index, one transaction a call. */
export type TextIndexWriter = {
  /**
   * Adds what follows the last message that is indexed, in one transaction.
   * @param next asked for messages behind a number, ascending
   * @returns the last message that is indexed now
   */
  extend(next: (after: Seq) => readonly IndexedText[]): Seq;
};

/**
 * Whether a database is an index of this session that can be extended; lays it out where it is empty.
 * @param last the session's last message: an index that knows more is of another session
 */
export function prepareTextIndex(index: Database, session: string, last: Seq): boolean {
  if (numberOf(index.prepare("SELECT count(*) AS n FROM sqlite_schema").get()?.["n"]) === 0) {
    index.exec("PRAGMA journal_mode = WAL;");
    inTransaction(index, () => {
      index.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${VERSION}; ${SCHEMA}`);
      index.prepare("INSERT INTO state (session, through) VALUES (?, 0)").run(session);
    });
    return true;
  }
  const pragma = (name: string) => numberOf(index.prepare(`PRAGMA ${name}`).get()?.[name]);
  if (pragma("application_id") !== APPLICATION_ID || pragma("user_version") !== VERSION) {
    return false;
  }
  const state = index.prepare("SELECT session, through FROM state").get();
  return textOf(state?.["session"]) === session && numberOf(state?.["through"]) <= last;
}

/** @param maxBytes size of the index beyond which the oldest part goes */
export function createTextIndexWriter(index: Database, maxBytes: number): TextIndexWriter {
  const pragma = (name: string) => numberOf(index.prepare(`PRAGMA ${name}`).get()?.[name]);
  const through = index.prepare("SELECT through FROM state");
  const move = index.prepare("UPDATE state SET through = ?");
  const latest = index.prepare("SELECT id, chars FROM part ORDER BY id DESC LIMIT 1");
  const partChars = partCharsOf(maxBytes);
  const grow = index.prepare("UPDATE part SET last = ?, chars = chars + ? WHERE id = ?");

  /** The part that is written to: a new one where the last is full. */
  function partFor(first: Seq): number {
    const row = latest.get();
    const id = numberOf(row?.["id"]);
    if (row !== undefined && numberOf(row["chars"]) < partChars) {
      return id;
    }
    index.exec(`CREATE VIRTUAL TABLE ${nameOf(id + 1)}
      USING fts5(text, content = '', columnsize = 0, detail = full, tokenize = 'trigram')`);
    index.exec(`INSERT INTO ${nameOf(id + 1)} (${nameOf(id + 1)}, rank) VALUES ('hashsize', ${PENDING_BYTES})`);
    index.prepare("INSERT INTO part (id, first, last, chars) VALUES (?, ?, ?, 0)").run(id + 1, first, first);
    return id + 1;
  }

  function makeRoom(): void {
    const used = () => (pragma("page_count") - pragma("freelist_count")) * pragma("page_size");
    const parts = index.prepare("SELECT id FROM part ORDER BY id").all();
    for (const { id } of parts.slice(0, -1)) {
      if (used() <= maxBytes) {
        return;
      }
      index.exec(`DROP TABLE ${nameOf(numberOf(id))}`);
      index.prepare("DELETE FROM part WHERE id = ?").run(numberOf(id));
    }
  }

  return {
    extend(next) {
      return inTransaction(index, () => {
        // Asked within the transaction: somebody else may be at work on the same index.
        const after = numberOf(through.get()?.["through"]);
        const texts = next(after);
        const [first] = texts;
        const last = texts.at(-1);
        if (first === undefined || last === undefined) {
          return after;
        }
        const part = partFor(first.seq);
        const insert = index.prepare(`INSERT INTO ${nameOf(part)} (rowid, text) VALUES (?, ?)`);
        let chars = 0;
        for (const { seq, text } of texts) {
          insert.run(seq, text);
          chars += text.length;
        }
        grow.run(last.seq, chars, part);
        move.run(last.seq);
        makeRoom();
        return last.seq;
      });
    },
  };
}

/** Messages that an index knows: `from` to `through`. */
export type TextRange = { readonly from: Seq; readonly through: Seq };

/** Searches an index that is attached to its session. */
export type TextIndexReader = {
  /** undefined where nothing is indexed yet. */
  readonly range: TextRange | undefined;
  /** Free text in the index, and in the columns of messages that it lacks. @param after only messages behind it matter, @param through and up to it */
  search(after: Seq, through?: Seq): TextSearch;
};

/** @param schema the name under which the index is attached to the session's connection */
export function createTextIndexReader(database: Database, schema: string): TextIndexReader {
  const known = database.prepare(`SELECT id, first, last FROM ${schema}.part ORDER BY id`);
  const parts = () =>
    known.all().map((row) => ({ id: numberOf(row["id"]), first: numberOf(row["first"]), last: numberOf(row["last"]) }));

  function rangeOf(all: readonly { first: Seq; last: Seq }[]): TextRange | undefined {
    const [oldest] = all;
    const newest = all.at(-1);
    return oldest === undefined || newest === undefined ? undefined : { from: oldest.first, through: newest.last };
  }

  return {
    get range() {
      return rangeOf(parts());
    },
    search(after, through = Number.MAX_SAFE_INTEGER) {
      const all = parts();
      const range = rangeOf(all);
      const concerned = all.filter(({ first, last }) => last > after && first <= through);
      return (pattern) => {
        const query = queryFor(pattern);
        if (query === undefined || range === undefined) {
          return columnSearch(pattern);
        }
        const found = concerned.map(
          ({ id }) =>
            `SELECT rowid FROM ${schema}.${nameOf(id)} WHERE ${nameOf(id)} MATCH ? AND rowid > ? AND rowid <= ?`,
        );
        const indexed: Fragment =
          found.length === 0
            ? { sql: "0", params: [] }
            : {
                sql: `m.seq IN (${found.join(" UNION ALL ")})`,
                params: concerned.flatMap(() => [query, after, through]),
              };
        const rest = columnSearch(pattern);
        return {
          sql: `(${indexed.sql} OR (m.seq NOT BETWEEN ? AND ? AND ${rest.sql}))`,
          params: [...indexed.params, range.from, range.through, ...rest.params],
        };
      };
    },
  };
}

/**
 * The query for a word: what stands around its wildcards, in any order.
 * @returns undefined for what trigrams cannot find
 */
function queryFor(pattern: Pattern): string | undefined {
  const pieces = pattern.filter((piece) => piece !== "");
  if (pieces.length === 0 || pieces.some((piece) => [...piece].length < 3)) {
    return undefined;
  }
  return pieces.map((piece) => `"${piece.replaceAll('"', '""')}"`).join(" AND ");
}

function nameOf(part: number): string {
  return `part_${part}`;
}
