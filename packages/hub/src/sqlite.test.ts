import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import type { Database } from "@inspector/session/database";
import { readMeta } from "@inspector/session/open-session";
import { createQueries } from "@inspector/session/queries";
import { APPLICATION_ID, SCHEMA_VERSION } from "@inspector/session/schema";
import { DatabaseSync } from "@photostructure/sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeSession } from "../testing/recorded-session.ts";
import { type Folder, makeFolder } from "../testing/served-sessions.ts";
import { labelsIn, writeLabels } from "./session-labels.ts";
import { openForReading, openForWriting } from "./sqlite.ts";
import { sessionInUse } from "./sqlite-code.ts";

let folder: Folder;
let file: string;

beforeEach(() => {
  folder = makeFolder();
  file = folder.file("a");
  const writing = writeSession(file);
  writing.addRecording("node/failing-load");
  writing.close();
});

afterEach(() => folder.remove());

/** What somebody with a SQLite tool did to the session. */
function alter(sql: string): void {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}

test("a session opens, and nothing can be written to it", () => {
  const database = openForReading(file);
  expect(createQueries(database).lastSeq()).toBeGreaterThan(10);
  for (const sql of [
    "DELETE FROM message",
    "CREATE TABLE x (a)",
    "PRAGMA user_version = 5",
    "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema",
  ]) {
    expect(() => database.exec(sql), sql).toThrow();
  }
  database.close();
});

test.each([
  ["a trigger", "CREATE TRIGGER t AFTER INSERT ON message BEGIN DELETE FROM body; END"],
  ["a view in the place of a table", "DROP TABLE seen; CREATE VIEW seen AS SELECT 'kind' AS what, '2' AS value"],
  ["a further view", "CREATE VIEW v AS SELECT * FROM message"],
  ["a further table", "CREATE TABLE extra (a)"],
  ["a virtual table", "CREATE VIRTUAL TABLE f USING fts5(a)"],
  ["a column of another form", "ALTER TABLE message ADD COLUMN evil TEXT AS (upper(text))"],
  ["a table less", "DROP TABLE density"],
  ["an index less", "DROP INDEX message_invocation"],
  ["another application's number", "PRAGMA application_id = 7"],
  ["no version", "PRAGMA user_version = 0; DROP TABLE event"],
])("a file with %s is refused", (_, sql) => {
  alter(sql);
  expect(() => openForReading(file)).toThrow(
    expect.objectContaining({ code: "not-a-session", hint: expect.any(String) }),
  );
});

test("a file of a newer version says so", () => {
  alter(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
  expect(() => openForReading(file)).toThrow(expect.objectContaining({ code: "newer-session" }));
});

test.each([
  ["no database", /is not a session/u, () => writeFileSync(file, "hello ".repeat(1000))],
  ["empty", /is empty$/u, () => writeFileSync(file, "")],
  ["only the beginning of one", /a\.inspector/u, () => truncateSync(file, 3000)],
  [
    "damaged in its first pages",
    /a\.inspector/u,
    () => {
      const bytes = readFileSync(file);
      bytes.fill(0xa5, 100, 8000);
      writeFileSync(file, bytes);
    },
  ],
])("a file that is %s is refused", (_, message, spoil) => {
  spoil();
  expect(() => openForReading(file)).toThrow(
    expect.objectContaining({ code: "not-a-session", message: expect.stringMatching(message) }),
  );
});

test("a file that is not there is said not to be there", () => {
  expect(() => openForReading(folder.file("b"))).toThrow(expect.objectContaining({ code: "no-such-session" }));
  expect(() => openForReading(folder.sessions)).toThrow(expect.objectContaining({ code: "not-a-session" }));
});

test("values of the wrong type in a session are passed over", () => {
  alter(
    `UPDATE message SET status = 'x', level = 99, text = x'00ff', request_id = 5;
     UPDATE stream SET headers = '[', "end" = '{"by":5}', phase = 'odd';
     UPDATE session SET value = 'NaN' WHERE key = 'started_at';
     INSERT INTO event (at, relay, side, type, detail) VALUES (0, 1, 9, 'gap', 'no json')`,
  );
  const database = openForReading(file);
  const queries = createQueries(database);
  expect(queries.messagesAfter(0, 1000).rows.length).toBe(queries.lastSeq());
  expect(queries.session(file)).toMatchObject({ gaps: { count: 1, bytes: 0 } });
  expect(queries.eventsAfter(0).events.at(-1)).toMatchObject({ from: "relay", detail: {} });
  database.close();
});

test("what is written is readable by its owner only, and carries the application's number", () => {
  const database = openForWriting(file);
  expect(database.prepare("PRAGMA application_id").get()).toEqual({ application_id: APPLICATION_ID });
  database.close();
});

test("a session that another program writes to is told to be in use, and none of its labels is written", () => {
  writeLabels(file, { title: "before", note: "before" });
  const other = new DatabaseSync(file);
  try {
    other.exec("BEGIN IMMEDIATE");
    expect(() => writeLabels(file, { title: "", note: "after" })).toThrow(
      expect.objectContaining({ code: "session-in-use" }),
    );
  } finally {
    other.close();
  }
  const reading = openForReading(file);
  expect(labelsIn(reading)).toEqual({ title: "before", note: "before" });
  reading.close();
});

test("a session that another program has locked is not told to be none", () => {
  const other = new DatabaseSync(file);
  const driver = new DatabaseSync(file, { readOnly: true, timeout: 0 });
  try {
    other.exec("BEGIN EXCLUSIVE");
    let said: unknown;
    try {
      readMeta(driver as unknown as Database, file);
    } catch (error) {
      said = sessionInUse(file, error);
    }
    expect(said).toMatchObject({ code: "session-in-use", message: expect.stringContaining("locked") });
  } finally {
    other.close();
    driver.close();
  }
});
