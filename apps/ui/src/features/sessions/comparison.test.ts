import type { CapabilityInfo, FunctionInfo, WorkerInfo } from "@inspector/contract/page";
import { describe, expect, test } from "vitest";
import { compareCapabilities, compareFunctions, ratioBar } from "./comparison.ts";

const MS = 1e6;

const fn = (name: string, change: Partial<FunctionInfo> = {}): FunctionInfo => ({
  stream: 1,
  functionId: name,
  name,
  bindings: [],
  load: "success",
  calls: 1,
  failures: 0,
  serverErrors: 0,
  inFlight: 0,
  lost: 0,
  recent: [],
  ...change,
});

const worker = (
  workerCapabilities: readonly CapabilityInfo[],
  hostCapabilities: readonly CapabilityInfo[] = [],
): WorkerInfo => ({
  stream: { id: 1, connection: 1, path: "", openedAt: 0, phase: "loaded", messages: 0, bytes: 0 },
  hostCapabilities,
  workerCapabilities,
  undeclared: [],
  steps: [],
  invocations: 0,
  failures: 0,
  serverErrors: 0,
  inFlight: 0,
  lost: 0,
  statusPings: { count: 0 },
});

describe("functions of two sessions", () => {
  test("are paired by name, and those that only one has are kept", () => {
    const changes = compareFunctions([fn("a"), fn("gone")], [fn("a"), fn("new")]);
    expect(changes.map(({ name, before, after }) => [name, before !== undefined, after !== undefined])).toEqual([
      ["gone", true, false],
      ["new", false, true],
      ["a", true, true],
    ]);
  });
  test("of several workers are summed up, with the percentiles of the busiest", () => {
    const functions = [
      fn("a", { calls: 2, failures: 1, p95: 9 }),
      fn("a", { stream: 2, calls: 8, failures: 1, p95: 5 }),
    ];
    expect(compareFunctions([], functions)[0]?.after).toEqual({
      calls: 10,
      failures: 2,
      p50: undefined,
      p95: 5,
      timed: 8,
    });
  });
  test("begin with what got worse", () => {
    const before = [fn("fine", { p95: 5 }), fn("slower", { calls: 9, p95: 5 }), fn("failing")];
    const after = [fn("fine", { p95: 5 }), fn("slower", { calls: 9, p95: 35 }), fn("failing", { failures: 3 })];
    expect(compareFunctions(before, after).map(({ name }) => name)).toEqual(["failing", "slower", "fine"]);
  });
});

describe("the bar of a change", () => {
  test("is as long for twice as slow as for twice as fast", () => {
    expect(ratioBar(10 * MS, 20 * MS, 10)?.share).toBeCloseTo(-(ratioBar(20 * MS, 10 * MS, 10)?.share ?? 0));
  });
  test("is full from eight times on", () => {
    expect(ratioBar(1 * MS, 800 * MS, 10)).toMatchObject({ share: 1, tone: "bad", text: "800× slower" });
  });
  test("says percent for less than twice", () => {
    expect(ratioBar(10 * MS, 15 * MS, 10)?.text).toBe("50\u202f% more");
    expect(ratioBar(20 * MS, 12 * MS, 10)).toMatchObject({ tone: "good", text: "40\u202f% less" });
    expect(ratioBar(20 * MS, 8 * MS, 10)?.text).toBe("2.5× faster");
  });
  test("calls a change within the noise none", () => {
    expect(ratioBar(100, 105, 10)).toMatchObject({ tone: "same", text: "same" });
  });
  test("claims nothing of a few calls against a few", () => {
    expect(ratioBar(10 * MS, 26 * MS, 1)).toEqual({ share: 0, text: "1 call: too few to compare", tone: "same" });
    expect(ratioBar(10 * MS, 26 * MS, 4)?.text).toBe("4 calls: too few to compare");
  });
  test("does not exist where one side has no calls", () => {
    expect(ratioBar(undefined, 5, 10)).toBeUndefined();
  });
});

describe("capabilities of two sessions", () => {
  test("differ by what one lacks and by value", () => {
    const before = [worker([{ name: "WorkerStatus", value: "true" }], [{ name: "MultiStream", value: "10" }])];
    const after = [worker([{ name: "HttpUri", value: "http://127.0.0.1:1" }], [{ name: "MultiStream", value: "5" }])];
    expect(
      compareCapabilities(before, after).map(({ name, side, before, after }) => [name, side, before, after]),
    ).toEqual([
      ["WorkerStatus", "worker", "true", undefined],
      ["HttpUri", "worker", undefined, "http://127.0.0.1:1"],
      ["MultiStream", "host", "10", "5"],
    ]);
  });
  test("are those of the last worker that got as far as declaring any", () => {
    const before = [worker([{ name: "A", value: "true" }])];
    expect(compareCapabilities(before, [...before, worker([])])).toEqual([]);
  });
});
