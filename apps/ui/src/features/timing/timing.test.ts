import { describe, expect, test } from "vitest";
import { compareDuration, describePatience, listPhases, openPhase, placesToRead } from "./timing.ts";

const MS = 1e6;
const marks = (...list: [number, string][]) => list.map(([at, label], index) => ({ at: at * MS, label, index }));

describe("where the time went", () => {
  test("is divided by what was seen", () => {
    const phases = listPhases(marks([0, "request"], [40, "log 1"], [100, "answer"]));
    expect(phases.map(({ label, from, to }) => [label, (to - from) / MS])).toEqual([
      ["request → log 1", 40],
      ["after log 1", 60],
    ]);
  });

  test("puts short steps that follow one another into one line", () => {
    const phases = listPhases(marks([0, "request"], [1, "a"], [2, "b"], [3, "c"], [99, "d"], [100, "answer"]));
    expect(phases.map(({ label }) => label)).toEqual(["3 short steps", "after c", "1 short step"]);
  });

  test("covers all of the time, whatever is put together", () => {
    const many = Array.from({ length: 1000 }, (_, index) => [index * index, `log ${index}`] as [number, string]);
    const phases = listPhases(marks(...many));
    expect(phases.length).toBeLessThan(20);
    expect(phases.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(999 * 999 * MS);
  });

  test("counts what was left out between two marks", () => {
    const first = { at: 0, label: "request", index: 0 };
    const far = { at: 50 * MS, label: "a", index: 400 };
    expect(listPhases([first, far, { at: 100 * MS, label: "answer", index: 401 }]).map(({ label }) => label)).toEqual([
      "400 short steps",
      "after a",
    ]);
  });

  test("goes on since what was seen last", () => {
    expect(openPhase({ at: 10 * MS, label: "request", index: 0 }, 25 * MS)).toMatchObject({
      label: "waiting since the request",
      from: 10 * MS,
      to: 25 * MS,
    });
    expect(openPhase({ at: 10 * MS, label: "“began”", index: 3 }, 5 * MS).to).toBe(10 * MS);
  });

  test("is nothing where only the request was seen", () => {
    expect(listPhases(marks([0, "request"]))).toEqual([]);
  });
});

test("says how much of the host's patience is over", () => {
  expect(describePatience(30_000 * MS, 300_000 * MS)).toBe(
    "The host waits 5.00 min for it (functionTimeout): 10\u202f% are over.",
  );
  expect(describePatience(300_000 * MS, 300_000 * MS)).toContain("it ends the worker");
});

test("of many messages those around the longest silences are read", () => {
  expect(placesToRead(3, [])).toEqual([0, 1, 2]);
  expect(placesToRead(1000, [500, 501])).toEqual([0, 499, 500, 501, 999]);
});

test.each([
  [300, "slower than 95 % of this function's calls, 30× the median"],
  [20, "2.0× the median of this function"],
  [10, "about the median of this function"],
  [2, "faster than most: 0.2× the median"],
])("compares %d ms with the function's others", (duration, words) => {
  expect(compareDuration(duration * MS, { p50: 10 * MS, p95: 100 * MS })).toBe(words);
});

test("compares with nothing while nothing is known", () => {
  expect(compareDuration(MS, {})).toBeUndefined();
});
