import type { ReplayResult } from "@inspector/contract/intervention";
import { describe, expect, test } from "vitest";
import { replayRun } from "../../../testing/replay-run.ts";
import type { KnownRun } from "../../shell/data/interventions.ts";
import { describeChanges, describeOpen, describeRun, statusOfResult, statusOfRun } from "./replay-words.ts";

const result = (n: number, state: ReplayResult["state"]): ReplayResult => ({ n, invocationId: `i${n}`, state });

const run = (change: Partial<KnownRun>): KnownRun => replayRun({ state: "done", ...change });

describe("a run in a line", () => {
  test("says what was sent and how far it is", () => {
    expect(describeRun(run({ results: [result(1, "success")] }))).toBe("as recorded");
    const results = [result(1, "success"), result(2, "failed"), result(3, "in-flight"), result(4, "sending")];
    expect(describeRun(run({ isEdited: true, times: 10, state: "running", results }))).toBe(
      "edited, 3 of 10 sent, 1 failed",
    );
    expect(describeRun(run({ times: 2, results: [result(1, "success"), result(2, "success")] }))).toBe(
      "as recorded, 2 sent",
    );
  });

  test("that ended early says why, and what was not sent", () => {
    expect(describeRun(run({ isEdited: true, times: 10, results: [result(1, "lost")] }))).toBe(
      "edited, 1 of 10 sent, 1 failed; the worker's stream ended: 9 not sent",
    );
    const tried = [result(1, "success"), result(2, "not-sent")];
    expect(describeRun(run({ times: 2, results: tried }))).toBe("as recorded, 1 of 2 sent; 1 not sent");
    expect(describeRun(run({ results: [result(1, "not-sent")] }))).toBe("as recorded; not sent");
  });

  test("that was stopped says what is in flight, and what was not sent", () => {
    const results = [result(1, "in-flight")];
    expect(describeRun(run({ times: 10, state: "cancelled", results }))).toBe(
      "as recorded, 1 of 10 sent, 1 still in flight; cancelled: 9 not sent",
    );
    expect(describeRun(run({ state: "cancelled", results }))).toBe("as recorded, 1 still in flight; cancelled");
  });

  test("whose hub is gone has nothing in flight", () => {
    const gone = run({ times: 10, state: "running", results: [result(1, "in-flight")], isGone: true });
    expect(describeRun(gone)).toBe("as recorded, 1 of 10 sent; the hub restarted");
    expect(statusOfResult(result(1, "in-flight"), true).label).toBe("not followed");
    expect(statusOfResult(result(1, "success"), true).label).toBe("succeeded");
  });
});

test("says of what is in flight whether the worker was asked to cancel, and how long the inspector waits", () => {
  expect(describeOpen(1, false, 60_000)).toBe(
    "1 is still in flight. The worker declares no HandlesInvocationCancelMessage, so it was not asked to cancel. The inspector waits for an answer until 60.0 s after it was sent.",
  );
  expect(describeOpen(3, true, 3000)).toBe(
    "3 are still in flight. The worker was asked to cancel them. The inspector waits for an answer until 3.00 s after they were sent.",
  );
});

test("says of a run that goes on how many are sent, whatever became of the first", () => {
  const results = [result(1, "success"), result(2, "in-flight")];
  expect(statusOfRun(run({ times: 20, state: "running", results }))).toEqual({ tone: "busy", label: "sending 20" });
  expect(statusOfRun(run({ state: "running" })).label).toBe("sending");
  expect(statusOfRun(run({ state: "running", isWaiting: true })).label).toContain("waiting");
});

describe("the comparison of a run", () => {
  const changes = (...counts: number[]) => new Map(counts.map((count, n) => [n, count]));
  const ended = (count: number, state: ReplayResult["state"], more: readonly ReplayResult[] = []) =>
    run({ times: 500, results: [...Array.from({ length: count }, (_, n) => result(n, state)), ...more] });

  test("says of how many answers it knows whether they are the same", () => {
    expect(describeChanges(changes(), run({ state: "running", times: 3 }))).toBe("No answer is compared yet.");
    const gone = run({ state: "running", times: 3, results: [result(1, "in-flight")], isGone: true });
    expect(describeChanges(changes(), gone)).toBe("No answer is compared.");
    expect(describeChanges(changes(0, 0), ended(2, "success"))).toBe(
      "2 answers compared, all the same as the recorded one.",
    );
    expect(describeChanges(changes(0, 0), ended(300, "success"))).toBe(
      "The first 2 answers of 300 compared, all the same as the recorded one.",
    );
    expect(describeChanges(changes(0, 3), ended(2, "failed"))).toBe("1 of 2 answers differs from the recorded one.");
  });

  test("does not take a missing answer for one that differs", () => {
    expect(describeChanges(changes(), ended(1, "lost"))).toBe("1 replay got no answer.");
    expect(describeChanges(changes(0), ended(1, "success", [result(2, "timed-out"), result(3, "lost")]))).toBe(
      "1 answer compared, all the same as the recorded one. 2 replays got no answer.",
    );
    expect(describeChanges(changes(0), ended(1, "success", [result(2, "not-sent")]))).toBe(
      "1 answer compared, all the same as the recorded one.",
    );
  });
});
