import { describe, expect, test } from "vitest";
import { decideRestart, type WorkerEnd } from "./restart-policy.ts";

const MINUTE = 60_000;

function decide(end: Partial<WorkerEnd>, errors: readonly number[] = [], processCount = 1) {
  const full: WorkerEnd = { code: undefined, signal: undefined, ...end };
  return decideRestart(full, { errors, now: 60 * MINUTE, processCount, longestDelay: 10_000 });
}

describe("after a worker has exited", () => {
  test("with code 0, nothing happens", () => {
    expect(decide({ code: 0 })).toEqual({ action: "none" });
  });

  test("with code 200, it is started at once and no error is counted", () => {
    expect(decide({ code: 200 })).toEqual({ action: "restart", delay: 0, errors: [] });
  });

  test.each([{ code: 143 }, { signal: "SIGTERM" }])(
    "as %j, it is started at once and no error is counted where nothing was running",
    (end) => {
      expect(decide({ ...end, wasIdle: true })).toEqual({ action: "restart", delay: 0, errors: [] });
      expect(decide({ ...end, wasIdle: false })).toMatchObject({ delay: 1000, errors: [60 * MINUTE] });
    },
  );

  test.each([{ code: 1 }, { signal: "SIGKILL" }, { endedByHost: "failed" as const, code: 0 }])(
    "as %j, it is started after a delay and an error is counted",
    (end) => {
      expect(decide(end)).toEqual({ action: "restart", delay: 1000, errors: [60 * MINUTE] });
    },
  );

  test("again and again, the delay doubles up to its limit", () => {
    const past = (count: number) => Array.from({ length: count }, () => 59 * MINUTE);
    expect(decide({ code: 1 }, past(1), 4)).toMatchObject({ delay: 2000 });
    expect(decide({ code: 1 }, past(2), 4)).toMatchObject({ delay: 4000 });
    expect(decide({ code: 1 }, past(9), 4)).toMatchObject({ delay: 10_000 });
  });

  test("for the third time per process within 30 minutes, the host gives up", () => {
    expect(decide({ code: 1 }, [40 * MINUTE, 50 * MINUTE])).toMatchObject({ action: "give-up" });
    expect(decide({ code: 1 }, [40 * MINUTE, 50 * MINUTE], 2)).toMatchObject({ action: "restart" });
  });

  test("errors of more than 30 minutes ago do not count", () => {
    expect(decide({ code: 1 }, [10 * MINUTE, 20 * MINUTE])).toMatchObject({ action: "restart", delay: 1000 });
  });

  test("because a function took too long, it is started at once and no error is counted", () => {
    expect(decide({ endedByHost: "function-timeout", signal: "SIGKILL" })).toMatchObject({
      action: "restart",
      delay: 0,
    });
  });
});
