import type { ReplayRun } from "@inspector/session";
import { expect, it } from "vitest";
import { mergeRuns } from "./interventions.ts";

function run(id: number, change: Partial<ReplayRun> = {}): ReplayRun {
  const source = { seq: 1 };
  return { id, stream: 1, source, isEdited: false, startedAt: 0, times: 1, state: "running", results: [], ...change };
}

it("keeps replays newest first, each as it was told last", () => {
  const merged = mergeRuns([run(2), run(1)], [run(3), run(1, { state: "done" })]);
  expect(merged.map(({ id, state }) => [id, state])).toEqual([
    [3, "running"],
    [2, "running"],
    [1, "done"],
  ]);
});
