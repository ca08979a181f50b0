/** What is said of a session stays small, however many streams, workers and processes it has. */
import { createProblems } from "@inspector/analysis/problems/problems";
import { MAX_CONNECTIONS, MAX_STREAMS, MAX_WORKERS } from "@inspector/contract/page";
import { type Database, inTransaction } from "@inspector/session/database";
import { createQueries } from "@inspector/session/queries";
import { workersOf } from "@inspector/session/worker-queries";
import { createWriter, type Writer } from "@inspector/session/writer";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { writeSession } from "../testing/recorded-session.ts";
import { type Folder, makeFolder } from "../testing/served-sessions.ts";
import { openForReading } from "./sqlite.ts";

const EVENT_STREAM = "/AzureFunctionsRpcMessages.FunctionRpc/EventStream";
const MANY = 20_000;

let folder: Folder;
let writing: ReturnType<typeof writeSession>;
let database: Database;
let relay: number;

beforeEach(() => {
  folder = makeFolder();
  const file = folder.file("a");
  writing = writeSession(file);
  writing.batch((writer) => {
    relay = writer.relay("journal", { segment: 1, offset: 0, seq: 1 }).id;
  });
  database = openForReading(file);
});

afterEach(() => {
  database.close();
  writing.close();
  folder.remove();
});

let connections = 0;

/** A worker on a connection of its own, which is over unless it stays. */
function open(writer: Writer, stays: boolean): number {
  connections += 1;
  const id = writer.stream(writer.connection(relay, connections, 1), 1, EVENT_STREAM, 1, "{}");
  writer.updateStream(id, { worker_id: `w${id}` });
  writer.countStream(id, 1, 10);
  if (!stays) {
    writer.updateStream(id, { ended_at: 2, end: '{"by":"host","how":"end"}', phase: "ended" });
  }
  return id;
}

function openMany(count: number, staying: number): void {
  inTransaction(writing.database, () => {
    const writer = createWriter(writing.database);
    for (let n = 0; n < count; n += 1) {
      open(writer, n < staying);
    }
    writer.finishBatch();
  });
}

describe("the state of a session", () => {
  test("names the newest streams and those that are open, and counts all", () => {
    const queries = createQueries(database);
    expect(queries.session("a")).toMatchObject({ streamCount: 0, workerCount: 0, bytes: 0, streams: [] });
    openMany(MANY, 3);
    const info = queries.session("a");
    expect(info).toMatchObject({ streamCount: MANY, workerCount: MANY, connectionCount: MANY, bytes: 10 * MANY });
    expect(info.streams).toHaveLength(MAX_STREAMS);
    expect(info.streams.at(-1)?.id).toBe(MANY);
    expect(info.connections).toHaveLength(MAX_CONNECTIONS);
    expect(JSON.stringify(info).length).toBeLessThan(100_000);
  });

  test("is the same whether it is read once or again and again", () => {
    const again = createQueries(database);
    const read = () => {
      const { streams, streamCount, workerCount, bytes, connectionCount } = again.session("a");
      return { streams, streamCount, workerCount, bytes, connectionCount };
    };
    for (let n = 0; n < 10; n += 1) {
      openMany(60, n % 3);
      if (n > 4) {
        writing.batch((writer) => {
          writer.updateStream(1 + (n - 5) * 60, { ended_at: 3, end: "{}", phase: "ended" });
          writer.countStream(60 * n, 1, 7);
        });
      }
      expect(createQueries(database).session("a")).toMatchObject(read());
    }
    const total = writing.database.prepare("SELECT count(*) AS n, sum(bytes) AS bytes FROM stream").get();
    expect(read()).toMatchObject({ streamCount: total?.["n"], bytes: total?.["bytes"] });
  });

  test("adds up gaps as they come", () => {
    const queries = createQueries(database);
    for (let n = 1; n <= 3; n += 1) {
      writing.batch((writer) => writer.event(n, relay, undefined, 2, "gap", { bytes: 5, reason: `gap ${n}` }));
      expect(queries.session("a").gaps).toEqual({ count: n, bytes: 5 * n, lastAt: n, reason: `gap ${n}` });
    }
  });
});

test("the list of workers is that of the newest, with the last lines of their processes", () => {
  openMany(1_000, 0);
  writing.batch((writer) => {
    for (let n = 1; n <= 2_000; n += 1) {
      writer.event(n, relay, undefined, 2, "process-spawned", { workerId: `never ${n}`, pid: n });
      writer.event(n, relay, undefined, 2, "process-output", { workerId: `never ${n}`, text: "x".repeat(10_000) });
    }
  });
  const workers = workersOf(database, () => undefined);
  expect(workers.filter(({ stream }) => stream.id > 0).map(({ stream }) => stream.id)).toEqual(
    Array.from({ length: MAX_WORKERS }, (_, n) => 1_000 - MAX_WORKERS + 1 + n),
  );
  const never = workers.filter(({ stream }) => stream.id < 0);
  expect(never).toHaveLength(MAX_WORKERS);
  expect(never.at(-1)).toMatchObject({ stream: { workerId: "never 2000" }, process: { pid: 2000 } });
  expect(never.at(-1)?.process?.output.map(({ text }) => text.length)).toEqual([4_000]);
});

test("rules look at the newest streams and say so", () => {
  openMany(5_000, 1);
  const { problems } = createProblems(database).update();
  const ends = problems.filter(({ rule, stream }) => rule === "clean-end" && stream !== undefined);
  expect(ends.length).toBeGreaterThan(0);
  expect(Math.min(...ends.map(({ stream = 0 }) => stream))).toBe(4_001);
  expect(problems.find(({ rule }) => rule === "streams-left-out")?.title).toContain("Of 5000 streams of workers");
});
