import type { ReplayResult, ReplayRun } from "@inspector/session";
import { expect, it } from "vitest";
import { describeRun } from "./replay-words.ts";

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
