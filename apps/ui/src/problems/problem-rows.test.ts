import type { Problem, Verdict } from "@inspector/session";
import { expect, test } from "vitest";
import { listFindings, placeOf } from "./problem-rows.ts";

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

const verdict = (stream: number): Verdict => ({ stream, sentence: "It died.", step: "init", evidence: [] });

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

test("nothing found makes no headings", () => {
  expect(keysOf([])).toEqual([]);
});

test("a problem is at its function, and at its stream where that is all that is known", () => {
  expect(placeOf({ functionName: "hello", stream: 1 }, undefined)).toBe("hello");
  expect(placeOf({ stream: 3 }, undefined)).toBe("stream 3");
  expect(placeOf({}, undefined)).toBe("");
});
