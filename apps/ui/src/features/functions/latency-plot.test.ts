import { describe, expect, test } from "vitest";
import { type Call, formatPower, plotLatency, pointAt, stepPoint } from "./latency-plot.ts";

const AREA = { width: 200, height: 100 };
const call = (id: number, at: number, duration: number): Call => ({ id, at, duration, state: "success" });

describe("a plot", () => {
  test("spans whole powers of ten", () => {
    const plot = plotLatency([call(1, 0, 2e6), call(2, 1e9, 5e7)], AREA);
    expect(plot?.rows.map(({ value, at }) => [formatPower(value), at])).toEqual([
      ["1 ms", 100],
      ["10 ms", 50],
      ["100 ms", 0],
    ]);
  });
  test("goes from the first call to the last", () => {
    const plot = plotLatency([call(1, 5e9, 1e6), call(2, 6e9, 1e6), call(3, 9e9, 1e6)], AREA);
    expect(plot?.points.map(({ x }) => x)).toEqual([0, 50, 200]);
  });
  test("keeps a call of no time at all inside", () => {
    expect(plotLatency([call(1, 0, 0)], AREA)?.points[0]).toMatchObject({ x: 100, y: 100 });
  });
  test("of no calls does not exist", () => {
    expect(plotLatency([], AREA)).toBeUndefined();
  });
});

describe("a point", () => {
  const points = plotLatency([call(1, 0, 1e6), call(2, 1e9, 1e7), call(3, 2e9, 1e6)], AREA)?.points ?? [];
  test("is found by a pointer close to it, and by none far away", () => {
    expect(pointAt(points, 103, 2, 10)?.id).toBe(2);
    expect(pointAt(points, 60, 50, 10)).toBeUndefined();
  });
  test("is reached from its neighbour, from the newest on", () => {
    expect(stepPoint(points, undefined, -1)?.id).toBe(3);
    expect(stepPoint(points, 3, -1)?.id).toBe(2);
    expect(stepPoint(points, 3, 1)?.id).toBe(3);
  });
});
