import type { Problem, Verdict } from "@inspector/contract/page";
import { expect, test } from "vitest";
import { firstLine, listFindings, placeOf } from "./problem-rows.ts";

const problem = (id: string, severity: Problem["severity"], at = 0): Problem => ({
  id,
  rule: "late-log",
  severity,
  title: id,
  at,
  consequence: "",
  advice: "",
  evidence: [],
  count: 1,
});

const verdict = (stream: number): Verdict => ({
  kind: "exit-code",
  stream,
  sentence: "It died.",
  step: "init",
  advice: "",
  evidence: [],
});

const keysOf = (problems: readonly Problem[], verdicts: readonly Verdict[] = []) =>
  listFindings({ problems, verdicts }).map((line) => (line.type === "group" ? line.title : line.key));

test("the gravest problems come first, and the oldest of those", () => {
  expect(keysOf([problem("a", "info"), problem("b", "error", 9), problem("c", "error", 2)])).toEqual([
    "2 errors",
    "c",
    "b",
    "1 note",
    "a",
  ]);
});

test("verdicts stand on top, in the hub's order", () => {
  expect(keysOf([problem("a", "error")], [verdict(4), verdict(1)])).toEqual([
    "2 verdicts",
    "verdict 4",
    "verdict 1",
    "1 error",
    "a",
  ]);
});

test("processes that never connected have verdicts of their own", () => {
  const verdicts = ["w1", "w2"].map((workerId): Verdict => ({ ...verdict(0), workerId }));
  expect(keysOf([], verdicts)).toEqual(["2 verdicts", "verdict w1", "verdict w2"]);
});

test("what a verdict says already stands last: by the same evidence, or in the host's words", () => {
  const died: Verdict = { ...verdict(1), evidence: [{ label: "process exited", event: 6 }] };
  const exit: Problem = { ...problem("exit", "error"), stream: 1, evidence: [{ label: "exit code 1", event: 6 }] };
  const reported: Problem = { ...problem("reported", "error"), stream: 1, rule: "host-worker-failed" };
  const other: Problem = { ...exit, id: "other", evidence: [{ label: "request", seq: 6 }] };
  const elsewhere: Problem = { ...exit, id: "elsewhere", stream: 2 };
  expect(keysOf([exit, reported, other, elsewhere], [died])).toEqual([
    "1 verdict",
    "verdict 1",
    "2 errors",
    "other",
    "elsewhere",
    "2 signs",
    "exit",
    "reported",
  ]);
});

test("of a quote the first line that says something is shown", () => {
  expect(firstLine("\n  \nRangeError: too large\n    at resize")).toBe("RangeError: too large");
  expect(firstLine(" \n")).toBeUndefined();
  expect(firstLine(undefined)).toBeUndefined();
});

test("nothing found makes no headings", () => {
  expect(keysOf([])).toEqual([]);
});

test("a problem is at its function, and at its stream where that is all that is known", () => {
  expect(placeOf({ functionName: "hello", stream: 1 }, undefined)).toBe("hello");
  expect(placeOf({ stream: 3 }, undefined)).toBe("stream 3");
  expect(placeOf({}, undefined)).toBe("");
});
