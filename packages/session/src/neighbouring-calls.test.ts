import { DatabaseSync } from "@photostructure/sqlite";
import { describe, expect, test } from "vitest";
import { writeScene } from "../testing/scene.ts";
import type { Database } from "./database.ts";
import { neighbouringCalls } from "./neighbouring-calls.ts";

const SCENE = `
  at       from    message                      ids
  0 ms     worker  start_stream                 worker=w1
  10 ms    host    function_load_request        function=o json={"metadata":{"name":"order","bindings":{"req":{"type":"httpTrigger"}}}}
  11 ms    worker  function_load_response       function=o
  100 ms   host    invocation_request           id=good function=o
  105 ms   worker  invocation_response          id=good
  200 ms   host    invocation_request           id=answers-500 function=o
  230 ms   worker  invocation_response          id=answers-500 json={"returnValue":{"http":{"statusCode":"500"}}}
  240 ms   host    invocation_request           id=of-another function=p
  241 ms   worker  invocation_response          id=of-another
  300 ms   host    invocation_request           id=failed function=o
  310 ms   worker  invocation_response          id=failed status=Failure exception="order 17 is not known"
  400 ms   worker  start_stream                 worker=w2 stream=2
  410 ms   host    function_load_request        function=o2 stream=2 json={"metadata":{"name":"order","bindings":{"req":{"type":"httpTrigger"}}}}
  411 ms   worker  function_load_response       function=o2 stream=2
  500 ms   host    invocation_request           id=elsewhere function=o2 stream=2
  510 ms   worker  invocation_response          id=elsewhere stream=2
  600 ms   host    invocation_request           id=lost function=o2 stream=2
  700 ms   worker  lost                         stream=2
`;

describe("the calls that an invocation is worth comparing with", () => {
  const database = new DatabaseSync(":memory:") as unknown as Database;
  writeScene(database, SCENE);
  const idOf = (name: string): number => {
    const row = database.prepare("SELECT id FROM invocation WHERE invocation_id = ?").get(name);
    return Number(row?.["id"]);
  };
  const nameOf = (id: number | undefined): unknown =>
    id === undefined
      ? undefined
      : database.prepare("SELECT invocation_id AS name FROM invocation WHERE id = ?").get(id)?.["name"];
  const around = (name: string): unknown[] => {
    const { lastGood, nextFailure } = neighbouringCalls(database, idOf(name)) ?? {};
    return [nameOf(lastGood), nameOf(nextFailure)];
  };

  test("are the last good one of its function before it and the next failure, an answer of 500 being none that is good", () => {
    expect(around("failed")).toEqual(["good", "lost"]);
    expect(around("good")).toEqual([undefined, "answers-500"]);
    expect(around("answers-500")).toEqual(["good", "failed"]);
  });

  test("are those of other workers too, where the function has the same name there, and what was lost is a failure", () => {
    expect(around("lost")).toEqual(["elsewhere", undefined]);
    expect(around("elsewhere")).toEqual(["good", "lost"]);
  });

  test("are none where the function was called once, and there are none of what is not there", () => {
    expect(around("of-another")).toEqual([undefined, undefined]);
    expect(neighbouringCalls(database, 999_999)).toBeUndefined();
  });

  test("are not replays, which the host knows nothing of", () => {
    database.exec(`INSERT INTO replay (invocation, run, n, is_edited) VALUES (${idOf("good")}, 1, 1, 0)`);
    expect(around("failed")).toEqual([undefined, "lost"]);
    database.exec("DELETE FROM replay");
  });
});
