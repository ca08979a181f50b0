import { describe, expect, test } from "vitest";
import { type LifeStep, layoutLifecycle, sinceLaunch } from "./lifecycle.ts";

const MS = 1e6;
const SECOND = 1e9;

function step(name: LifeStep["step"], from: number, to: number | undefined, limit?: number): LifeStep {
  return {
    type: "step",
    id: 1,
    stream: 1,
    step: name,
    startedAt: from,
    ...(to === undefined ? {} : { answeredAt: to }),
    state: to === undefined ? "in-flight" : "success",
    size: 0,
    count: 1,
    failed: 0,
    ...(limit === undefined ? {} : { limit }),
  };
}

describe("a start-up", () => {
  const life = layoutLifecycle({
    steps: [step("start", 0, 200 * MS, 60 * SECOND), step("init", 200 * MS, 400 * MS, 10 * SECOND)],
    now: 5 * SECOND,
  });
  test("fills the picture from its first step to its last", () => {
    expect(life?.bars.map(({ left, width }) => [left, width])).toEqual([
      [0, 50],
      [50, 50],
    ]);
  });
  test("does not shrink for a limit far away, and still says how much of it was used", () => {
    expect(life?.bars[1]).toMatchObject({ used: 0.02 });
    expect(life?.bars[1]).not.toHaveProperty("limitAt");
  });
  test("has ticks at round times", () => {
    expect(life?.ticks.map(({ at }) => at / MS)).toEqual([0, 100, 200, 300, 400]);
  });
});

describe("a limit", () => {
  test("that was nearly missed is in the picture", () => {
    const life = layoutLifecycle({ steps: [step("init", 0, 8 * SECOND, 10 * SECOND)], now: 9 * SECOND });
    expect(life?.bars[0]).toMatchObject({ width: 80, limitAt: 100, used: 0.8 });
  });
  test("that was missed stands inside the bar", () => {
    const life = layoutLifecycle({ steps: [step("init", 0, undefined, 10 * SECOND)], now: 20 * SECOND });
    expect(life?.bars[0]).toMatchObject({ width: 100, limitAt: 50, used: 2 });
  });
});

describe("idle time", () => {
  const life = layoutLifecycle({
    steps: [step("start", 0, 400 * MS), step("terminate", 3600 * SECOND, 3600 * SECOND + 100 * MS)],
    endedAt: 3600 * SECOND + 200 * MS,
    now: 4000 * SECOND,
  });
  test("is left out, and named", () => {
    expect(life?.breaks).toHaveLength(1);
    expect(life?.breaks[0]?.span).toBe(3600 * SECOND - 400 * MS);
  });
  test("leaves the busy stretches their proportions", () => {
    const [start, terminate] = life?.bars ?? [];
    expect((start?.width ?? 0) / (terminate?.width ?? 1)).toBeCloseTo(4);
  });
  test("has the end of the process behind it, at the edge of the picture", () => {
    expect(life?.endAt).toBe(100);
  });
});

test("the step to StartStream begins with the launch of the process, where that is known", () => {
  const { answeredAt: _, ...seen } = step("start", 300 * MS, 300 * MS);
  expect(sinceLaunch([seen], 100 * MS)[0]).toMatchObject({ startedAt: 100 * MS, answeredAt: 300 * MS });
  expect(sinceLaunch([seen], undefined)[0]?.startedAt).toBe(300 * MS);
});

describe("a life with little known of it", () => {
  test("that never had a step has no picture", () => {
    expect(layoutLifecycle({ steps: [], now: 0 })).toBeUndefined();
  });
  test("of which only an answer was seen stands where that was", () => {
    const { startedAt: _, ...answered } = step("start", 0, 500 * MS);
    expect(layoutLifecycle({ steps: [answered], now: SECOND })?.bars[0]).toMatchObject({ left: 0, duration: 0 });
  });
  test("whose step was never answered ends with the stream", () => {
    const lost: LifeStep = { ...step("init", 0, undefined), state: "lost" };
    expect(layoutLifecycle({ steps: [lost], endedAt: 2 * SECOND, now: 50 * SECOND })?.bars[0]?.duration).toBe(
      2 * SECOND,
    );
  });
});
