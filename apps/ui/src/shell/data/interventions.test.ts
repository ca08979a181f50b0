import type { ReplayRun } from "@inspector/contract/intervention";
import { expect, test } from "vitest";
import { mergeRuns } from "./interventions.ts";

function run(id: number, change: Partial<ReplayRun> = {}): ReplayRun {
  const source = { seq: 1 };
  const facts = { stream: 1, source, isEdited: false, startedAt: 0, times: 1, timeoutMs: 60_000 };
  return { id, ...facts, state: "running", results: [], ...change };
}

test("keeps replays newest first, each in its last reported state", () => {
  const merged = mergeRuns([run(2), run(1)], [run(3), run(1, { state: "done" })]);
  expect(merged.map(({ id, state }) => [id, state])).toEqual([
    [3, "running"],
    [2, "running"],
    [1, "done"],
  ]);
});

test("does not go back to what was said of a run before", () => {
  const over = run(1, { state: "done", results: [{ n: 1, invocationId: "i", state: "success" }] });
  expect(mergeRuns([over], [run(1)])).toEqual([over]);
  const recorded = run(1, { state: "done", results: [{ n: 1, invocationId: "i", state: "success", invocation: 9 }] });
  expect(mergeRuns([over], [recorded])).toEqual([recorded]);
});
