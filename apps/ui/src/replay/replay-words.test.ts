import type { ReplayResult, ReplayRun } from "@inspector/session";
import { expect, it } from "vitest";
import { describeChanges, describeRun, statusOfRun } from "./replay-words.ts";

const result = (n: number, state: ReplayResult["state"]): ReplayResult => ({ n, invocationId: `i${n}`, state });

function run(change: Partial<ReplayRun>): ReplayRun {
  const source = { seq: 1 };
  return { id: 1, stream: 1, source, isEdited: false, startedAt: 0, times: 1, state: "done", results: [], ...change };
}

it("says of a run what was sent and how far it is", () => {
  expect(describeRun(run({ results: [result(1, "success")] }))).toBe("as recorded");
  const results = [result(1, "success"), result(2, "failed"), result(3, "in-flight")];
  expect(describeRun(run({ isEdited: true, times: 10, state: "running", results }))).toBe("edited, 2 of 10, 1 failed");
});

it("says of a run that goes on how many are sent, whatever became of the first", () => {
  const results = [result(1, "success"), result(2, "in-flight")];
  expect(statusOfRun(run({ times: 20, state: "running", results }))).toEqual({ tone: "busy", label: "sending 20" });
  expect(statusOfRun(run({ state: "running" })).label).toBe("sending");
});

it("says of how many answers it knows whether they are the same", () => {
  const changes = (...counts: number[]) => new Map(counts.map((count, n) => [n, count]));
  expect(describeChanges(changes(), 0)).toBe("No answer is compared yet.");
  expect(describeChanges(changes(0, 0), 2)).toBe("2 answers compared, all the same as the recorded one.");
  expect(describeChanges(changes(0, 0), 300)).toBe(
    "The first 2 answers of 300 compared, all the same as the recorded one.",
  );
  expect(describeChanges(changes(0, 3), 2)).toBe("1 of 2 answers differs from the recorded one.");
});
