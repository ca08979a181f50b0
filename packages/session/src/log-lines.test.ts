import { compileFilter } from "@inspector/filter/compile";
import { parseFilter } from "@inspector/filter/parse";
import { DatabaseSync } from "@photostructure/sqlite";
import { describe, expect, test } from "vitest";
import { writeScene } from "../testing/scene.ts";
import type { Database } from "./database.ts";
import { createLineQueries } from "./log-lines.ts";
import { SCHEMA } from "./schema.ts";
import { createTimePlaces } from "./time-places.ts";

function sessionOf(scene: string): Database {
  const driver = new DatabaseSync(":memory:");
  driver.function("regexp", (pattern: unknown, text: unknown) =>
    Number(new RegExp(String(pattern)).test(String(text))),
  );
  const database = driver as unknown as Database;
  database.exec(`PRAGMA foreign_keys = OFF; ${SCHEMA}`);
  writeScene(database, scene);
  return database;
}

const SCENE = `
  0 ms   event   process-spawned      workerId=w1 pid=7 argv=["node","worker.js"]
  1 ms   event   process-output       workerId=w1 stream=stdout text="loading" isSystemLog=true
  2 ms   worker  start_stream         worker=w1
  3 ms   worker  worker_init_response runtime=node
  5 ms   event   process-output       workerId=w1 stream=stderr text="Error: no table"
  6 ms   worker  rpc_log              text="slow query"
  8 ms   event   host-timed-out       step=invocation functionName=hello invocationId=i1 workerId=w1
  9 ms   worker  lost
  10 ms  event   process-exited       workerId=w1 pid=7 code=1
  11 ms  event   process-output       workerId=unknown text=[1]`;

function linesOf(database: Database, filter = ""): string[] {
  const lines = createLineQueries(database);
  const parsed = parseFilter(filter);
  const condition = parsed.ok ? compileFilter(parsed.filter) : undefined;
  const streams = lines.endedStreams().map(({ id }) => id);
  const found = lines.column(condition, { after: 0, through: lines.lastEvent(), streams });
  return lines.rows(found.map(({ number }) => number)).map(({ text }) => text);
}

describe("lines of a session's log", () => {
  test("they are what processes wrote and what happened, in words, in the order of their time", () => {
    expect(linesOf(sessionOf(SCENE))).toEqual([
      "Process 7 started: node worker.js",
      "loading",
      "Error: no table",
      "Host timed out: invocation, hello",
      "The worker lost the connection under the stream",
      "Process 7 ended with exit code 1",
      "[1]",
    ]);
  });

  test("each has its worker's stream, a level where it is an event, and whether the worker wrote it for its host", () => {
    const lines = createLineQueries(sessionOf(SCENE));
    expect(lines.rows([2, 4, 6, 10])).toEqual([
      expect.objectContaining({ category: "process-spawned", level: "Information", stream: 1, workerId: "w1" }),
      { number: 4, at: 1e6, category: "stdout", text: "loading", stream: 1, workerId: "w1", isSystem: true },
      { number: 6, at: 5e6, category: "stderr", text: "Error: no table", stream: 1, workerId: "w1" },
      expect.objectContaining({ category: "process-exited", level: "Error" }),
    ]);
  });

  test.each([
    ["level:>=error", ["Process 7 ended with exit code 1"]],
    ["category:stderr", ["Error: no table"]],
    ["is:system", ["loading"]],
    ["side:worker table", ["Error: no table"]],
    ["at:4ms..8ms", ["Error: no table", "Host timed out: invocation, hello"]],
    ["/^load/", ["loading"]],
    ["worker:node category:std*", ["loading", "Error: no table"]],
    ["id:i1", ["Host timed out: invocation, hello"]],
    ["is:log OR is:held OR fn:hello OR size:>1", []],
    ["-worker:w1 -is:log at:>10ms", ["[1]"]],
  ])("the filter language finds them: %s", (filter, found) => {
    const database = sessionOf(SCENE);
    expect(linesOf(database, filter)).toEqual(found);
  });

  test("details that are no JSON are lines without words of their own", () => {
    const database = sessionOf(SCENE);
    database.exec(`UPDATE event SET detail = '{"text": cut off'; UPDATE stream SET "end" = 'no'`);
    expect(linesOf(database)[1]).toBe("");
    expect(linesOf(database)).toContain("The inspector ended the stream");
  });
});

describe("the place of a moment among messages", () => {
  test("it is the first message that crossed no earlier, or the next one to come", () => {
    const places = createTimePlaces(sessionOf(SCENE));
    expect([0, 2e6, 2e6 + 1, 5e6, 6e6, 7e6].map((at) => places.firstAt(at))).toEqual([1, 1, 2, 3, 3, 4]);
  });

  test("numbers that are missing are no messages of the time 0", () => {
    const database = sessionOf(
      Array.from({ length: 100 }, (_, n) => `${n + 1} ms worker rpc_log text=n${n}`).join("\n"),
    );
    database.exec("DELETE FROM message WHERE seq <= 3 OR seq BETWEEN 20 AND 90");
    const places = createTimePlaces(database);
    expect([0, 10, 19, 19.5, 91, 100, 101].map((ms) => places.firstAt(ms * 1e6))).toEqual([
      4, 10, 19, 91, 91, 100, 101,
    ]);
    const inTurn = createTimePlaces(database);
    let place = 1;
    for (const ms of [0, 5, 5, 10.5, 19, 50, 91, 99.5, 100, 200]) {
      place = inTurn.firstAt(ms * 1e6, place);
      expect(place).toBe(createTimePlaces(database).firstAt(ms * 1e6));
    }
    expect(places.firstAt(95e6, 10)).toBe(95);
    expect(places.firstAt(5e6, 10)).toBe(10);
  });
});
