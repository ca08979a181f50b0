/** A fault of our own in one connection costs that connection its recording, and no other. */
import { join } from "node:path";
import type { Database } from "@inspector/session/database";
import { createQueries } from "@inspector/session/queries";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { rawEvent, segmentOf, writeJournal } from "../../testing/journal-bytes.ts";
import { type ScriptedRelay, startScriptedRelay } from "../../testing/scripted-relay.ts";
import { type Folder, makeFolder } from "../../testing/served-sessions.ts";
import { openForWriting } from "../sqlite.ts";
import { createSessionIngest, type SessionIngest } from "./session-ingest.ts";

let folder: Folder;
let relay: ScriptedRelay;
let file: string;
let database: Database;
let ingest: SessionIngest | undefined;

beforeEach(async () => {
  folder = makeFolder();
  file = join(folder.sessions, "one.inspector");
  relay = await startScriptedRelay(folder.journals, file);
  database = openForWriting(file);
});

afterEach(async () => {
  ingest?.close();
  ingest = undefined;
  database.close();
  await relay.end();
  folder.remove();
});

function start(): SessionIngest {
  ingest?.close();
  ingest = createSessionIngest({ database, file, journals: folder.journals, version: "0", maxBytes: undefined });
  return ingest;
}

function ingestAll(): void {
  const running = ingest ?? start();
  while (running.step()) {}
}

const log = (message: string) => ({ rpcLog: { message } });

/** Texts of the messages that are recorded, by connection. */
function texts(): Record<string, string[]> {
  const rows = database
    .prepare("SELECT s.connection, m.text FROM message m JOIN stream s ON s.id = m.stream ORDER BY m.seq")
    .all();
  return Object.fromEntries(
    [...new Set(rows.map((row) => row["connection"]))].map((connection) => [
      connection,
      rows.filter((row) => row["connection"] === connection).map(({ text }) => String(text)),
    ]),
  );
}

function reasons(): (string | undefined)[] {
  return createQueries(database)
    .session(file)
    .connections.map(({ reason }) => reason);
}

function events(type: string): Record<string, unknown>[] {
  return createQueries(database)
    .eventsAfter(0)
    .events.filter((event) => event.type === type)
    .map(({ detail }) => detail);
}

/** Rows with this text are refused by SQLite, whoever writes them. */
function refuse(text: string): void {
  database.exec(
    `CREATE TEMP TRIGGER refuse BEFORE INSERT ON main.message WHEN NEW.text = '${text}' BEGIN SELECT RAISE(ABORT, 'refused'); END`,
  );
}

describe("a row that cannot be written", () => {
  test("ends the recording of its connection, with the reason, and no other's", () => {
    relay.open(1);
    relay.open(2);
    ingestAll();
    refuse("poison");
    for (const n of [1, 2, 3]) {
      relay.say(1, "worker", log(`one ${n}`));
      relay.say(2, "worker", log(`two ${n}`));
    }
    relay.say(1, "worker", log("poison"));
    for (const n of [4, 5, 6]) {
      relay.say(1, "worker", log(`one ${n}`));
      relay.say(2, "worker", log(`two ${n}`));
    }
    ingestAll();
    relay.say(2, "worker", log("two 7"));
    ingestAll();
    expect(texts()).toEqual({
      1: ["one 1", "one 2", "one 3"],
      2: ["two 1", "two 2", "two 3", "two 4", "two 5", "two 6", "two 7"],
    });
    expect(reasons()).toEqual([expect.stringContaining("could not record it any further: refused"), undefined]);
    expect(events("fault")).toEqual([{ message: expect.stringContaining("refused") }]);
  });

  test("is passed over by the next hub too, and the connection's end is recorded", () => {
    relay.open(1);
    ingestAll();
    refuse("poison");
    relay.say(1, "worker", log("poison"));
    ingestAll();
    start();
    relay.say(1, "worker", log("later"));
    relay.close(1);
    ingestAll();
    expect(texts()).toEqual({});
    const { streams, connections } = createQueries(database).session(file);
    expect(connections.map(({ closedAt }) => closedAt)).toEqual([expect.any(Number)]);
    expect(streams.map(({ end }) => end)).toEqual([{ by: "relay", how: "lost" }]);
  });

  test("in many connections at once leaves the others whole", () => {
    const bad = Array.from({ length: 20 }, (_, index) => index + 1);
    for (const connection of [...bad, 21]) {
      relay.open(connection);
    }
    ingestAll();
    refuse("poison");
    for (const connection of bad) {
      relay.say(connection, "worker", log("poison"));
      relay.say(21, "worker", log(`beside ${connection}`));
    }
    ingestAll();
    expect(texts()).toEqual({ 21: bad.map((connection) => `beside ${connection}`) });
    expect(reasons().filter((reason) => reason?.includes("refused"))).toHaveLength(20);
  });
});

test("a state that cannot be read ends the recording of its connection, and no other's", () => {
  relay.open(1);
  relay.open(2);
  ingestAll();
  database.exec("UPDATE connection SET state = x'00' WHERE number = 1");
  start();
  relay.say(1, "worker", log("lost"));
  relay.say(2, "worker", log("kept"));
  ingestAll();
  expect(texts()).toEqual({ 2: ["kept"] });
  expect(reasons()).toEqual([expect.stringContaining("what was stored of it cannot be read"), undefined]);
});

test("a fault of the disk is no fault of a connection: the batch fails, and is there as soon as writing works", () => {
  relay.open(1);
  ingestAll();
  const other = openForWriting(file);
  other.exec("BEGIN IMMEDIATE");
  relay.say(1, "worker", log("waits"));
  database.exec("PRAGMA busy_timeout = 0");
  expect(() => ingest?.step()).toThrow("locked");
  other.exec("ROLLBACK");
  other.close();
  start();
  ingestAll();
  expect(texts()).toEqual({ 1: ["waits"] });
  expect(reasons()).toEqual([undefined]);
});

test("an event of the journal that says nonsense is passed over with a word, and the stream goes on", () => {
  relay.open(1);
  relay.say(1, "worker", log("before"));
  // An injected message without its bytes.
  relay.event(1, JSON.parse('{"type":"injected","stream":1,"direction":"to-worker"}'));
  relay.say(1, "worker", log("behind"));
  ingestAll();
  expect(texts()).toEqual({ 1: ["before", "behind"] });
  expect(reasons()).toEqual([undefined]);
  expect(events("fault")).toEqual([{ message: expect.stringContaining("injected") }]);
});

test("an event that is no JSON becomes a row that says so", () => {
  const half = '{"type":"process-output","text":"cut off in the mid';
  writeJournal(
    folder.journals,
    "j2",
    file,
    segmentOf([rawEvent({ type: "relay-started", startedAt: 1 }), rawEvent(half)]),
  );
  ingestAll();
  expect(events("unreadable-event")).toEqual([{ bytes: half.length, text: half }]);
});
