import type { InvocationRow, StepRow } from "@inspector/contract/page";
import { describe, expect, test } from "vitest";
import { describeSpans, overAt, spansOf } from "./row-spans.ts";

const SECOND = 1e9;

const row = (change: Partial<InvocationRow>): InvocationRow => ({
  type: "invocation",
  id: 1,
  stream: 1,
  invocationId: "a",
  attempt: 1,
  startedAt: 1 * SECOND,
  state: "success",
  logs: 0,
  errorLogs: 0,
  lateLogs: 0,
  extraAnswers: 0,
  ...change,
});

const seconds = (change: Partial<InvocationRow>, surroundings = { now: 20 * SECOND }) =>
  spansOf(row(change), surroundings).map(({ from, to, whose }) => [whose, from / SECOND, to / SECOND]);

describe("the time of an invocation", () => {
  test("is the worker's from request to answer", () => {
    expect(seconds({ answeredAt: 3 * SECOND })).toEqual([["worker", 1, 3]]);
  });

  test("is the holder's while a message of it is held", () => {
    const held = { request: { from: 1 * SECOND, to: 6 * SECOND }, answer: { from: 8 * SECOND, to: 9 * SECOND } };
    expect(seconds({ answeredAt: 8 * SECOND, held })).toEqual([
      ["holder", 1, 6],
      ["worker", 6, 8],
      ["holder", 8, 9],
    ]);
  });

  test("grows while it is in flight, and while it is held", () => {
    expect(seconds({ state: "in-flight" })).toEqual([["worker", 1, 20]]);
    expect(seconds({ state: "in-flight", held: { request: { from: 1 * SECOND } } })).toEqual([["holder", 1, 20]]);
    expect(overAt(row({ state: "in-flight" }), { now: 20 * SECOND })).toBeUndefined();
  });

  test("lasts until its stream's end where it was lost", () => {
    const surroundings = { now: 20 * SECOND, streamEndedAt: 5 * SECOND };
    expect(spansOf(row({ state: "lost" }), surroundings)).toEqual([{ from: 1e9, to: 5e9, whose: "worker" }]);
    expect(overAt(row({ state: "lost" }), surroundings)).toBe(5 * SECOND);
  });

  test("has nothing of the worker's where it never got the request", () => {
    const held = { request: { from: 1 * SECOND, to: 4 * SECOND, isDropped: true } } as const;
    expect(seconds({ state: "dropped", held })).toEqual([["holder", 1, 4]]);
    expect(seconds({ answeredAt: 4 * SECOND, held })).toEqual([["holder", 1, 4]]);
  });
});

test("a bar says where its time went", () => {
  const held = { request: { from: 1 * SECOND, to: 6 * SECOND } };
  const spans = spansOf(row({ answeredAt: 8 * SECOND, held }), { now: 9 * SECOND });
  expect(describeSpans(spans, true)).toBe("1.000 s to 8.000 s · 2.00 s in the worker · 5.00 s held by you");
  expect(describeSpans(spansOf(row({ state: "in-flight" }), { now: 3 * SECOND }), false)).toBe(
    "since 1.000 s · 2.00 s",
  );
  expect(describeSpans([], true)).toBeUndefined();
});

test("the time of a step is the holder's while it stood still", () => {
  const step: StepRow = {
    type: "step",
    id: 1,
    stream: 1,
    step: "load",
    startedAt: 1 * SECOND,
    answeredAt: 12 * SECOND,
    held: [
      { from: 1 * SECOND, to: 2 * SECOND },
      { from: 5 * SECOND, to: 11 * SECOND },
    ],
    state: "success",
    size: 1,
    count: 2,
    failed: 0,
  };
  const spans = spansOf(step, { now: 20 * SECOND }).map(({ from, to, whose }) => [whose, from / SECOND, to / SECOND]);
  expect(spans).toEqual([
    ["holder", 1, 2],
    ["worker", 2, 5],
    ["holder", 5, 11],
    ["worker", 11, 12],
  ]);
  const [whole] = spansOf({ ...step, held: [] }, { now: 20 * SECOND });
  expect(whole).toEqual({ from: 1 * SECOND, to: 12 * SECOND, whose: "worker" });
});
