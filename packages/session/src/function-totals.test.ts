import { DatabaseSync } from "@photostructure/sqlite";
import { beforeEach, describe, expect, test } from "vitest";
import { writeScene } from "../testing/scene.ts";
import type { Database } from "./database.ts";
import { functionErrorsOf, functionTotalsOf, kindOfError } from "./function-totals.ts";
import { createQueries } from "./queries.ts";

const INDEX = JSON.stringify({
  functionMetadataResults: [
    {
      name: "order",
      functionId: "o",
      bindings: { item: { type: "queueTrigger", direction: "in" } },
      rawBindings: ['{"name":"item","type":"queueTrigger","direction":"in","queueName":"orders"}'],
    },
    {
      name: "tick",
      functionId: "t",
      rawBindings: ['{"name":"timer","type":"timerTrigger","direction":"In","schedule":"0 * * * * *"}'],
    },
  ],
});
const LOAD =
  '{"functionId":"o","metadata":{"name":"order","bindings":{"item":{"type":"queueTrigger","direction":"in"}}}}';

const SCENE = `
  at       from    message                      ids
  0 ms     worker  start_stream                 worker=w1
  1 ms     host    functions_metadata_request
  2 ms     worker  function_metadata_response   json=${INDEX}
  3 ms     host    function_load_request        json=${LOAD}
  4 ms     worker  function_load_response       function=o
  5 ms     worker  start_stream                 worker=w2 stream=2
  6 ms     host    function_load_request        stream=2 json=${LOAD}
  7 ms     worker  function_load_response       function=o stream=2
  100 ms   host    invocation_request           id=a function=o
  110 ms   worker  invocation_response          id=a
  200 ms   host    invocation_request           id=b function=o
  220 ms   worker  invocation_response          id=b status=Failure exception="order 17 is not known"
  300 ms   host    invocation_request           id=c function=o stream=2
  330 ms   worker  invocation_response          id=c stream=2 status=Failure exception="order 2,000 is not known"
  400 ms   host    invocation_request           id=d function=o stream=2
  440 ms   worker  invocation_response          id=d stream=2 status=Failure exception="no room"
  500 ms   worker  lost                         stream=2
`;

let database: Database;

beforeEach(() => {
  database = new DatabaseSync(":memory:") as unknown as Database;
  writeScene(database, SCENE);
});

const totals = () => {
  const queries = createQueries(database);
  return functionTotalsOf(database, (seq) => {
    const [row, origin] = [queries.message(seq), queries.origin(seq)];
    return row && origin && queries.bodyBytes(origin.body, 0, row.size);
  });
};

describe("a function over its workers", () => {
  test("has the figures of all calls, and workers that are gone last", () => {
    const [order] = totals();
    expect(order).toMatchObject({ name: "order", calls: 4, failures: 3, p50: 20e6, p95: 40e6, max: 40e6 });
    expect(order?.recent).toEqual([10e6, 20e6, 30e6, 40e6]);
    expect(order?.lastError).toMatchObject({ text: "no room" });
    expect(order?.workers.map(({ stream, calls, isWorkerGone }) => [stream, calls, isWorkerGone])).toEqual([
      [1, 2, undefined],
      [2, 2, true],
    ]);
  });

  test("has its bindings with their settings, also in a worker that was not asked for its index", () => {
    const [order, tick] = totals();
    for (const { bindings } of [...(order?.workers ?? []), order ?? { bindings: [] }]) {
      expect(bindings).toMatchObject([{ name: "item", type: "queueTrigger", detail: { queueName: "orders" } }]);
    }
    expect(tick).toMatchObject({
      trigger: "timer",
      bindings: [{ direction: "in", detail: { schedule: "0 * * * * *" } }],
    });
  });
});

describe("errors", () => {
  test("that differ in numbers are one, with the first and the last of them", () => {
    const found = functionErrorsOf(database, "order");
    expect(found.map(({ text, count, first, last }) => [text, count, first.at, last.at])).toEqual([
      [expect.stringMatching(/^order (17|2,000) is not known$/u), 2, 220e6, 330e6],
      ["no room", 1, 440e6, 440e6],
    ]);
  });

  test("are told apart by their words, not by ids", () => {
    expect(kindOfError("job 7f3c21e0-0000-4000-8000-00000000b942 took 1.5 s")).toBe("job # took # s");
  });
});
