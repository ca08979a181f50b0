import type { FunctionInfo, StreamInfo } from "@inspector/contract/page";
import { describe, expect, test } from "vitest";
import { bindingFacts, failureRate, formatRate, listFunctions, summarizeBindings } from "./function-rows.ts";

const fn = (change: Partial<FunctionInfo>): FunctionInfo => ({
  stream: 1,
  functionId: change.name ?? "f",
  name: "f",
  bindings: [],
  load: "success",
  calls: 0,
  failures: 0,
  inFlight: 0,
  lost: 0,
  recent: [],
  ...change,
});

const STREAM: StreamInfo = {
  id: 2,
  connection: 1,
  path: "/AzureFunctionsRpcMessages.FunctionRpc/EventStream",
  openedAt: 0,
  workerId: "0a1b2c3d-9999",
  runtime: "python",
  runtimeVersion: "3.12",
  phase: "loaded",
  messages: 0,
  bytes: 0,
};

describe("the list", () => {
  test("of one worker has no headings", () => {
    expect(listFunctions([fn({ name: "a" }), fn({ name: "b" })], [], undefined).map(({ type }) => type)).toEqual([
      "row",
      "row",
    ]);
  });
  test("of several workers names each above its functions", () => {
    const lines = listFunctions([fn({ name: "a" }), fn({ name: "a", stream: 2 })], [STREAM], undefined);
    expect(lines.filter(({ type }) => type === "group")).toMatchObject([
      { title: "stream 1", detail: "1 function" },
      { title: "python", detail: "3.12 · 0a1b2c3d · 1 function" },
    ]);
  });
  test("is sorted within each worker", () => {
    const functions = [fn({ name: "a", calls: 1 }), fn({ name: "b", calls: 9 }), fn({ name: "c", stream: 2 })];
    const lines = listFunctions(functions, [], { column: "calls", isDescending: true });
    expect(lines.map((line) => (line.type === "row" ? line.row.name : "-"))).toEqual(["-", "b", "a", "-", "c"]);
  });
});

describe("the failure rate", () => {
  test("is of the calls that are over", () => {
    expect(failureRate(fn({ calls: 5, inFlight: 1, failures: 1 }))).toBe(0.25);
    expect(failureRate(fn({ calls: 1, inFlight: 1 }))).toBeUndefined();
  });
  test("never rounds some to none, or most to all", () => {
    expect([0, 0.001, 0.126, 0.999, 1].map(formatRate)).toEqual([
      "0\u202f%",
      "<1\u202f%",
      "13\u202f%",
      ">99\u202f%",
      "100\u202f%",
    ]);
  });
});

describe("bindings", () => {
  test("are summed up without the trigger and the answer that goes with it", () => {
    const bindings = [
      { name: "req", type: "httpTrigger", direction: "in" },
      { name: "$return", type: "http", direction: "out" },
      { name: "item", type: "queue", direction: "out" },
    ] as const;
    expect(summarizeBindings(bindings)).toBe("queue out");
    expect(summarizeBindings([...bindings, { name: "other", type: "queue", direction: "out" }])).toBe("2× queue out");
  });
  test("have properties of any type", () => {
    const detail = { queueName: "orders", cardinality: "", methods: ["GET"], isBatched: false };
    expect(bindingFacts({ name: "q", type: "queue", direction: "in", detail })).toEqual([
      ["queueName", "orders"],
      ["methods", '["GET"]'],
      ["isBatched", "false"],
    ]);
  });
});
