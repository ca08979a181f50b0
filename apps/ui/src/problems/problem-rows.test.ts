import type { Problem } from "@inspector/session";
import { expect, test } from "vitest";
import { listProblems, placeOfProblem } from "./problem-rows.ts";

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

test("the gravest problems come first, and the oldest of those", () => {
  const lines = listProblems([problem("a", "info"), problem("b", "error", 9), problem("c", "error", 2)]);
  expect(lines.map((line) => (line.type === "group" ? line.title : line.row.id))).toEqual([
    "2 errors",
    "c",
    "b",
    "1 note",
    "a",
  ]);
});

test("no problems make no headings", () => {
  expect(listProblems([])).toEqual([]);
});

test("a problem is at its function, and at its stream where that is all that is known", () => {
  expect(placeOfProblem({ ...problem("a", "info"), functionName: "hello", stream: 1 }, undefined)).toBe("hello");
  expect(placeOfProblem({ ...problem("a", "info"), stream: 3 }, undefined)).toBe("stream 3");
  expect(placeOfProblem(problem("a", "info"), undefined)).toBe("");
});
