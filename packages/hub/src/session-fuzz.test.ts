/** An opened session is hostile input: damaged in any way it is refused, or what is asked of it is answered or refused. */
import { readFileSync, writeFileSync } from "node:fs";
import { createProblems } from "@inspector/analysis/problems/problems";
import { InspectorError } from "@inspector/contract/inspector-error";
import type { Database } from "@inspector/session/database";
import { functionsOf } from "@inspector/session/function-queries";
import { createInvocationQueries } from "@inspector/session/invocation-queries";
import { overviewOf } from "@inspector/session/overview";
import { createQueries } from "@inspector/session/queries";
import { seenValues } from "@inspector/session/seen";
import { workersOf } from "@inspector/session/worker-queries";
import { DatabaseSync } from "@photostructure/sqlite";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeSession } from "../testing/recorded-session.ts";
import { type Folder, makeFolder } from "../testing/served-sessions.ts";
import { createReadPayload } from "./payload.ts";
import { openForReading } from "./sqlite.ts";

/** Written out, so that a run that fails can be repeated. */
const RUNS = { numRuns: 60, seed: 20_261_129 };

let folder: Folder;
let file: string;
let whole: Uint8Array;

beforeEach(() => {
  folder = makeFolder();
  const original = folder.file("original");
  const writing = writeSession(original);
  writing.addRecording("node/failing-load");
  writing.close();
  whole = readFileSync(original);
  file = folder.file("damaged");
});

afterEach(() => folder.remove());

/** Everything that is asked of a session somewhere, each by itself. */
function questions(database: Database): (() => unknown)[] {
  const queries = createQueries(database);
  const readPayload = createReadPayload(queries);
  const seqs = Array.from({ length: 40 }, (_, index) => index + 1);
  return [
    () => queries.session(file),
    () => queries.messagesAfter(0, 1000),
    () => queries.eventsAfter(0),
    () => seqs.map((seq) => [queries.message(seq), queries.related(seq), readPayload(seq)]),
    () => createInvocationQueries(database).rows(seqs),
    () => functionsOf(database, readPayload),
    () => workersOf(database, readPayload),
    () => overviewOf(database, { from: 0, to: 1e12, buckets: 100 }),
    () => seenValues(database),
    () => createProblems(database).update(),
  ];
}

/** Opens a file and asks it everything. What is refused has to be refused by us or by SQLite, not by a mistake. */
function ask(): void {
  let database: Database;
  try {
    database = openForReading(file);
  } catch (error) {
    expect(error).toBeInstanceOf(InspectorError);
    return;
  }
  try {
    const all: (() => unknown)[] = [];
    refusedProperly(() => all.push(...questions(database)));
    for (const question of all) {
      refusedProperly(question);
    }
  } finally {
    database.close();
  }
}

function refusedProperly(question: () => unknown): void {
  try {
    question();
  } catch (error) {
    const isOfDriver = error instanceof Error && "code" in error && DRIVER_CODES.has(String(error.code));
    expect(error instanceof InspectorError || isOfDriver, String(error)).toBe(true);
  }
}

/** What SQLite refuses, and numbers that JavaScript does not have. */
const DRIVER_CODES = new Set(["ERR_SQLITE_ERROR", "ERR_OUT_OF_RANGE"]);

const share = fc.double({ min: 0, max: 1, noNaN: true });
const flips = fc.array(fc.tuple(share, fc.nat(255)), { minLength: 1, maxLength: 40 });

test("cut anywhere, it is refused or read as far as it is there", () => {
  fc.assert(
    fc.property(share, (length) => {
      writeFileSync(file, whole.subarray(0, Math.floor(whole.length * length)));
      ask();
    }),
    { ...RUNS, numRuns: 30 },
  );
});

test("with any bytes changed, anywhere or in its first pages, it is refused or read", () => {
  fc.assert(
    fc.property(flips, fc.constantFrom(1, 0.05, 0.002), (changes, part) => {
      const changed = Uint8Array.from(whole);
      for (const [at, value] of changes) {
        changed[Math.min(Math.floor(at * part * whole.length), whole.length - 1)] = value;
      }
      writeFileSync(file, changed);
      ask();
    }),
    RUNS,
  );
});

const values = fc.oneof(
  fc.constantFrom(
    "NULL",
    "''",
    "x'00ff'",
    "9e999",
    "-1",
    "9223372036854775807",
    "'{'",
    "'null'",
    "'[]'",
    "'{\"by\":5}'",
  ),
  fc.string({ maxLength: 20 }).map((text) => `'${text.replaceAll("'", "''").replaceAll("\u0000", "")}'`),
);
const columns = fc.constantFrom(
  ...["message.at", "message.stream", "message.side", "message.kind", "message.size", "message.flags", "message.body"],
  ...[
    "message.invocation",
    "message.status",
    "message.level",
    "message.text",
    "message.category",
    "message.request_id",
  ],
  ...[
    "stream.path",
    "stream.headers",
    "stream.end",
    "stream.phase",
    "stream.worker_id",
    "stream.opened_at",
    "stream.bytes",
  ],
  ...[
    "connection.end",
    "connection.protocol",
    "connection.reason",
    "event.detail",
    "event.type",
    "event.at",
    "event.side",
  ],
  ...[
    "invocation.answered_seq",
    "invocation.status",
    "invocation.started_at",
    "worker_step.step",
    "worker_step.answered_at",
  ],
  ...["session.value", "function.name", "density.messages"],
);

test("with any value in any column, what is asked of it is answered", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(columns, values), { minLength: 1, maxLength: 6 }), (changes) => {
      writeFileSync(file, whole);
      const database = new DatabaseSync(file);
      database.exec("PRAGMA foreign_keys = OFF");
      for (const [place, value] of changes) {
        const [table, column] = place.split(".");
        database.exec(`UPDATE OR IGNORE ${table} SET "${column}" = ${value}`);
      }
      database.close();
      ask();
    }),
    RUNS,
  );
});

test("with anything added to its schema, or taken from it, it is refused", () => {
  const added = fc.constantFrom(
    "CREATE VIEW v AS SELECT load_extension('x')",
    "CREATE TRIGGER t AFTER INSERT ON message BEGIN SELECT 1; END",
    "CREATE TABLE extra (a)",
    "CREATE INDEX i ON message (text)",
    "CREATE VIRTUAL TABLE f USING fts5(a)",
    "ALTER TABLE message ADD COLUMN evil TEXT AS (upper(text))",
    "DROP TABLE density",
    "DROP INDEX message_invocation",
    "DROP VIEW startup_step; CREATE VIEW startup_step AS SELECT 1",
    "PRAGMA user_version = 0",
    "PRAGMA user_version = 1",
    "PRAGMA user_version = -3",
    "PRAGMA application_id = 1",
  );
  fc.assert(
    fc.property(fc.uniqueArray(added, { minLength: 1, maxLength: 3 }), (changes) => {
      writeFileSync(file, whole);
      const database = new DatabaseSync(file);
      for (const change of changes) {
        database.exec(change);
      }
      database.close();
      expect(() => openForReading(file)).toThrow(InspectorError);
    }),
    RUNS,
  );
});
