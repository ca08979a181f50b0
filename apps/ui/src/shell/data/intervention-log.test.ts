import type { HoldRule, Holds, ReplayRun } from "@inspector/contract/intervention";
import { describe, expect, test, vi } from "vitest";
import { replayRun } from "../../../testing/replay-run.ts";
import { InterventionLog } from "./intervention-log.ts";
import { type Interventions, NO_INTERVENTIONS } from "./interventions.ts";
import { RequestError } from "./session-client.ts";

const NOTHING: Holds = { rules: [], held: [] };

const run = (id: number, change: Partial<ReplayRun> = {}): ReplayRun => replayRun({ id, ...change });

function rule(id: number, answered: number, times?: number): HoldRule {
  const passed = { noRoom: 0, noVerdict: 0, tooLong: 0 };
  return {
    id,
    from: "host",
    held: 0,
    limitMs: 1000,
    passed,
    answer: { answered, waiting: 0, ...(times !== undefined && { times }) },
  };
}

/** A log of a hub that says what the test wants. */
function open(
  runs: () => Promise<readonly ReplayRun[]> = async () => [],
  holds: () => Promise<Holds> = async () => NOTHING,
) {
  let state: Interventions = NO_INTERVENTIONS;
  const client = { getReplays: runs, getHolds: holds, removeHoldRule: async () => {} };
  const log = new InterventionLog(client, (next) => {
    state = next;
  });
  return { log, state: () => state };
}

describe("replays", () => {
  test("that went on when their hub ended are said to be gone, and those that were over stay as they were", async () => {
    const { log, state } = open();
    const inFlight = run(3, { state: "cancelled", results: [{ n: 1, invocationId: "i", state: "in-flight" }] });
    log.addRuns([run(1, { state: "done" }), run(2), inFlight]);
    await log.load();
    expect(state().runs.map(({ id, isGone }) => [id, isGone])).toEqual([
      [3, true],
      [2, true],
      [1, undefined],
    ]);
  });

  test("that were sent while the hub was asked are not taken for gone", async () => {
    const answered: { with: (runs: readonly ReplayRun[]) => void } = { with: () => {} };
    const { log, state } = open(
      () =>
        new Promise((resolve) => {
          answered.with = resolve;
        }),
    );
    const loaded = log.load();
    log.addRuns([run(1)]);
    answered.with([]);
    await loaded;
    expect(state().runs).toEqual([run(1)]);
  });

  test("are not given up because the hub does not answer", async () => {
    const { log, state } = open(() => Promise.reject(new RequestError("The inspector does not answer.", 0)));
    log.addRuns([run(1)]);
    await log.load();
    expect(state().runs).toEqual([run(1)]);
  });

  test("of another hub take the number of one that is gone", async () => {
    const { log, state } = open();
    log.addRuns([run(1, { results: [{ n: 1, invocationId: "i", state: "in-flight" }] })]);
    await log.load();
    log.addRuns([run(1, { startedAt: 9 })]);
    expect(state().runs).toEqual([run(1, { startedAt: 9 })]);
  });
});

describe("a rule that answers so many", () => {
  test("is remembered when it has ended, until somebody has read of it", () => {
    const { log, state } = open();
    log.takeHolds({ rules: [rule(1, 0, 2), rule(2, 0)], held: [] });
    log.takeHolds({ rules: [rule(1, 1, 2), rule(2, 0)], held: [] });
    log.takeHolds({ rules: [rule(2, 5)], held: [] });
    expect(state().ended).toEqual([{ n: 1, rule: rule(1, 1, 2) }]);
    log.takeHolds(NOTHING);
    expect(state().ended).toEqual([{ n: 1, rule: rule(1, 1, 2) }]);
    log.dismissRule(1);
    expect(state().ended).toEqual([]);
  });

  test("is another one than the run of another hub with its number", () => {
    const { log, state } = open();
    for (const answered of [1, 2]) {
      log.takeHolds({ rules: [rule(1, answered, answered)], held: [] });
      log.takeHolds(NOTHING);
      log.lose();
      log.takeHolds(NOTHING);
    }
    expect(state().ended.map(({ n }) => n)).toEqual([2, 1]);
    log.dismissRule(1);
    expect(state().ended).toEqual([{ n: 2, rule: rule(1, 2, 2) }]);
  });

  test("is not on again because of an answer that is older than its end", async () => {
    let answer: (holds: Holds) => void = () => {};
    const asked = new Promise<Holds>((resolve) => {
      answer = resolve;
    });
    const { log, state } = open(undefined, () => asked);
    log.takeHolds({ rules: [rule(1, 0, 1)], held: [] });
    const loaded = log.load();
    log.takeHolds(NOTHING);
    answer({ rules: [rule(1, 0, 1)], held: [] });
    await loaded;
    expect(state().holds).toEqual(NOTHING);
  });

  test("has not ended by itself where it was stopped here, or where its hub is another", async () => {
    const { log, state } = open();
    log.takeHolds({ rules: [rule(1, 0, 2), rule(2, 0, 2)], held: [] });
    await log.stopRule(1);
    log.takeHolds({ rules: [rule(2, 0, 2)], held: [] });
    log.lose();
    log.takeHolds(NOTHING);
    expect(state().ended).toEqual([]);
  });
});

test("another session has nothing of this one, also where the hub was asked before", async () => {
  const asked = vi.fn(async () => [run(1)]);
  const { log, state } = open(asked);
  const loaded = log.load();
  log.clear();
  await loaded;
  expect(state()).toEqual(NO_INTERVENTIONS);
});
