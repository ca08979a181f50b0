import { compileFilter } from "@inspector/filter/compile";
import { parseFilter } from "@inspector/filter/parse";
import { DatabaseSync } from "@photostructure/sqlite";
import { expect, test } from "vitest";
import type { Database } from "../database.ts";
import { SCHEMA } from "../schema.ts";
import { createTextIndexReader, createTextIndexWriter, prepareTextIndex } from "./text-index.ts";

const NO_LIMIT = 1e12;

/** A session in whose rows nothing is found but by "line N", with an index in the same connection. */
function sessionOf(messages: number): Database {
  const database = new DatabaseSync(":memory:") as unknown as Database;
  database.exec(`PRAGMA foreign_keys = OFF; ${SCHEMA}`);
  const insert = database.prepare(
    "INSERT INTO message (seq, at, stream, side, kind, size, flags, body, text) VALUES (?, 0, 1, 0, 4, 0, 0, 0, ?)",
  );
  for (let seq = 1; seq <= messages; seq++) {
    insert.run(seq, `line ${seq}`);
  }
  return database;
}

function indexOf(): Database {
  const index = new DatabaseSync(":memory:") as unknown as Database;
  prepareTextIndex(index, "session", 1e6);
  return index;
}

function indexed(texts: readonly string[], session = sessionOf(texts.length + 2)) {
  // The index is laid out in the session's own connection: whether it is attached or not makes no difference to the reader.
  session.exec("ATTACH ':memory:' AS text_index");
  session.exec(`CREATE TABLE text_index.part (id INTEGER PRIMARY KEY, first INTEGER, last INTEGER, chars INTEGER);
    INSERT INTO text_index.part VALUES (1, 1, ${texts.length}, 0);
    CREATE VIRTUAL TABLE text_index.part_1 USING fts5(text, content = '', columnsize = 0, tokenize = 'trigram')`);
  const insert = session.prepare("INSERT INTO text_index.part_1 (rowid, text) VALUES (?, ?)");
  for (const [n, text] of texts.entries()) {
    insert.run(n + 1, text);
  }
  const reader = createTextIndexReader(session, "text_index");
  return {
    range: reader.range,
    find(text: string, after = 0): number[] {
      const parsed = parseFilter(text);
      if (!parsed.ok) {
        throw new Error(parsed.message);
      }
      const { sql, params } = compileFilter(parsed.filter, { after, textSearch: reader.search(after) });
      const rows = session.prepare(`SELECT m.seq FROM message m WHERE ${sql} ORDER BY m.seq`).all(...params);
      return rows.map(({ seq }) => Number(seq));
    },
  };
}

test.each([
  ["payload", [1, 2]],
  ["PAYload", [1, 2]],
  ["second", [2]],
  ["-second", [1, 3, 4, 5]],
  ["econ", [2]],
  ['"second payload"', [2]],
  ['"payload second"', []],
  ["pay*first", [1]],
  ["payload -first", [2]],
  ["second OR first", [1, 2]],
  ['"\\"hi\\""', [3]],
  ["grüße", [3]],
  // Two characters are no trigram, and these rows have them in their line.
  ["li", [1, 2, 3, 4, 5]],
  // Not indexed yet.
  ['"line 5"', [5]],
  // Indexed, so that the line counts no more.
  ['"line 1"', []],
] as const)("%s finds %j", (text, expected) => {
  const session = indexed(["first payload", "second payload", 'grüße, "hi"']);
  expect(session.find(text)).toEqual(expected);
});

test("only what crossed behind a message is looked at where the rest does not matter", () => {
  expect(indexed(["same", "same", "same"]).find("same", 1)).toEqual([2, 3]);
});

test("an index knows how far it is, and goes on from there", () => {
  const index = indexOf();
  const writer = createTextIndexWriter(index, NO_LIMIT);
  const asked: number[] = [];
  const next = (after: number) => {
    asked.push(after);
    return after < 4 ? [after + 1, after + 2].map((seq) => ({ seq, text: `text ${seq}` })) : [];
  };
  expect([writer.extend(next), writer.extend(next), writer.extend(next)]).toEqual([2, 4, 4]);
  expect(createTextIndexWriter(index, NO_LIMIT).extend(next)).toBe(4);
  expect(asked).toEqual([0, 2, 4, 4]);
  expect(createTextIndexReader(index, "main").range).toEqual({ from: 1, through: 4 });
});

test("a batch that cannot be read leaves the index as it was", () => {
  const index = indexOf();
  const writer = createTextIndexWriter(index, NO_LIMIT);
  writer.extend(() => [{ seq: 1, text: "one" }]);
  expect(() =>
    writer.extend(() => {
      throw new Error("damaged");
    }),
  ).toThrow("damaged");
  expect(writer.extend((after) => [{ seq: after + 1, text: "two" }])).toBe(2);
});

test("an index that grows too large gives up its oldest parts", () => {
  const index = indexOf();
  const writer = createTextIndexWriter(index, 1024 * 1024);
  // Together more than one part holds, in few trigrams.
  const text = "abcdefghij".repeat(3_400_000);
  for (let seq = 1; seq <= 3; seq++) {
    writer.extend(() => [{ seq, text }]);
  }
  expect(createTextIndexReader(index, "main").range).toEqual({ from: 3, through: 3 });
});

test("an index of another session, of another version or with more than the session has is not used", () => {
  const index = indexOf();
  expect(prepareTextIndex(index, "session", 10)).toBe(true);
  expect(prepareTextIndex(index, "other", 10)).toBe(false);
  createTextIndexWriter(index, NO_LIMIT).extend(() => [{ seq: 11, text: "x" }]);
  expect(prepareTextIndex(index, "session", 10)).toBe(false);
  index.exec("PRAGMA user_version = 99");
  expect(prepareTextIndex(index, "session", 100)).toBe(false);
});
