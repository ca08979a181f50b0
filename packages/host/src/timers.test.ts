import { describe, expect, test } from "vitest";
import { type FunctionInfo, parseFunction } from "./functions.ts";
import type { Invocation } from "./invoker.ts";
import { parseSchedule } from "./schedule.ts";
import { createDeferred } from "./time-limit.ts";
import { createTimerInput, isMonitored, type TimerMemory, TimerRunner } from "./timers.ts";

function timer(settings: Readonly<Record<string, unknown>>): FunctionInfo {
  const identity = {
    id: "i",
    name: "tick",
    directory: "",
    scriptFile: "",
    entryPoint: "",
    language: "",
    properties: {},
  };
  const parsed = parseFunction(identity, [{ type: "timerTrigger", name: "timer", ...settings }], {});
  if (!parsed.ok) {
    throw new Error(parsed.reason);
  }
  return parsed.value;
}

const NOW = new Date("2031-01-02T10:00:00Z");

describe("what a timer hands over", () => {
  test("are schedule, status and lateness as JSON, also as metadata", () => {
    const status = { last: undefined, next: NOW, updated: NOW };
    const json = {
      Schedule: { AdjustForDST: true },
      ScheduleStatus: {
        Last: "0001-01-01T00:00:00+00:00",
        Next: "2031-01-02T10:00:00+00:00",
        LastUpdated: "2031-01-02T10:00:00+00:00",
      },
      IsPastDue: true,
    };
    const data = { data: { case: "json", value: JSON.stringify(json) } };
    expect(createTimerInput(status, true)).toEqual({ data, metadata: { TimerTrigger: data } });
  });
});

describe("runs of a timer are remembered", () => {
  test.each([
    ["0 */5 * * * *", {}, true],
    ["*/30 * * * * *", {}, false],
    ["0 */5 * * * *", { useMonitor: false }, false],
  ])("for %s with %j: %s", (schedule, settings, expected) => {
    expect(isMonitored(timer(settings), parseSchedule(schedule), NOW)).toBe(expected);
  });

  test("so that one missed during a restart is made up for, as past due", async () => {
    const missed = { last: new Date(0), next: new Date(1000), updated: new Date(0) };
    const memory: TimerMemory = new Map([["tick", missed]]);
    const fired = createDeferred<Invocation>();
    const runner = new TimerRunner([timer({ schedule: "0 0 0 1 1 *", runOnStartup: true })], {
      environment: {},
      memory,
      emit: () => {},
      invoke: async (_, invocation) => {
        fired.resolve(invocation);
        return { invocationId: "x", status: "Success" };
      },
    });
    const invocation = await fired.promise;
    const input = await invocation.prepare({ invocationId: "x", capabilities: {}, has: () => false });
    expect(input).toEqual(createTimerInput(missed, true));
    runner.stop();
  });
});
