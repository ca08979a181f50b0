import type { BindingInfo, FunctionInfo, FunctionTotal, StreamInfo } from "@inspector/contract/page";
import { describe, expect, test } from "vitest";
import type { Sorting } from "../../shell/grid/grid-lines.ts";
import {
  bindingFacts,
  describeTrigger,
  failureRate,
  findFunction,
  formatRate,
  listFunctions,
  rowStatus,
  summarizeBindings,
  triggerConditions,
} from "./function-rows.ts";

const fn = (change: Partial<FunctionInfo>): FunctionInfo => ({
  stream: 1,
  functionId: change.name ?? "f",
  name: "f",
  bindings: [],
  load: "success",
  calls: 0,
  failures: 0,
  serverErrors: 0,
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

const total = (name: string, workers: readonly Partial<FunctionInfo>[]): FunctionTotal => ({
  ...fn({ name, calls: workers.reduce((sum, { calls = 0 }) => sum + calls, 0) }),
  workers: workers.map((worker) => fn({ name, ...worker })),
});

/** Titles of the lines, those of workers indented. */
function draw(totals: readonly FunctionTotal[], open: readonly string[] = [], sorting?: Sorting): string[] {
  return listFunctions(totals, [STREAM], sorting, new Set(open)).map((line) =>
    line.type === "row" ? `${line.row.worker ? "  " : ""}${line.row.title}` : "-",
  );
}

describe("the list", () => {
  const totals = [total("a", [{ stream: 2, calls: 1 }, { calls: 3 }]), total("b", [{ stream: 2, calls: 9 }])];
  test("has one line a function, and beneath an open one a line for each of its workers", () => {
    expect(draw(totals)).toEqual(["a", "b"]);
    expect(draw(totals, ["a", "b"])).toEqual(["a", "  python 3.12 · 0a1b2c3d", "  stream 1", "b"]);
  });
  test("is sorted by the totals; workers stay beneath their function", () => {
    expect(draw(totals, ["a"], { column: "calls", isDescending: true })).toEqual([
      "b",
      "a",
      "  python 3.12 · 0a1b2c3d",
      "  stream 1",
    ]);
  });
  test("finds what an address names, whether its line is shown or not", () => {
    expect(findFunction(totals, [], "a")?.worker).toBeUndefined();
    expect(findFunction(totals, [], "2/a")?.worker?.stream).toBe(2);
    expect(findFunction(totals, [], "2/b")?.key).toBe("b");
    expect(findFunction(totals, [], "c")).toBeUndefined();
  });
  test("marks what is gone, and says of a function how things stand in the workers that are there", () => {
    const gone = { stream: 2, isWorkerGone: true, load: "failed" } as const;
    const marks = listFunctions([total("a", [{}, gone]), total("b", [gone])], [], undefined, new Set(["a"]));
    expect(marks.map((line) => line.type === "row" && rowStatus(line.row)?.label)).toEqual([
      undefined,
      undefined,
      "worker ended",
      "worker ended",
    ]);
  });
});

describe("what sets a function off", () => {
  const trigger = (type: string, detail: unknown): BindingInfo[] => [{ name: "t", type, direction: "in", detail }];
  test("is told by its binding", () => {
    expect(describeTrigger(trigger("httpTrigger", { methods: ["get", "POST"], route: "orders/{id}" }), "order")).toBe(
      "GET, POST orders/{id}",
    );
    expect(describeTrigger(trigger("httpTrigger", {}), "order")).toBe("any method order");
    expect(describeTrigger(trigger("timerTrigger", { schedule: "0 */5 * * * *" }), "f")).toBe("0 */5 * * * *");
    expect(describeTrigger(trigger("queueTrigger", { queueName: "orders" }), "f")).toBe("orders");
    expect(describeTrigger(trigger("queueTrigger", undefined), "f")).toBeUndefined();
  });
  test("has conditions", () => {
    expect(triggerConditions(trigger("httpTrigger", { authLevel: "Anonymous" }))).toEqual(["auth level anonymous"]);
    expect(triggerConditions(trigger("queueTrigger", { connection: "Storage" }))).toEqual(["connection Storage"]);
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
