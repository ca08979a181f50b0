import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { placeOnAxis, positionOf, type Span, waterfallAxis } from "./waterfall.ts";

const SECOND = 1e9;

describe("the time axis of the rows in sight", () => {
  test("spans what is in sight where there is no idle time", () => {
    const axis = waterfallAxis([
      { from: 10 * SECOND, to: 12 * SECOND },
      { from: 11 * SECOND, to: 14 * SECOND },
    ]);
    expect(axis).toHaveLength(1);
    expect(placeOnAxis(axis, { from: 11 * SECOND, to: 12 * SECOND })).toEqual({ left: 0.25, width: 0.25 });
  });

  test("leaves idle time out: an hour is as wide as a minute", () => {
    const busy = { from: 0, to: SECOND };
    const after = (idle: number) => waterfallAxis([busy, { from: idle, to: idle + SECOND }]);
    const widths = [after(60 * SECOND), after(3600 * SECOND)].map((axis) => axis.map(({ start, end }) => end - start));
    expect(widths[0]).toEqual(widths[1]);
    expect(widths[0]?.[0]).toBeCloseTo(0.49);
  });

  test("shows short work beside long work", () => {
    const axis = waterfallAxis([
      { from: 0, to: 1e6 },
      { from: 60 * SECOND, to: 90 * SECOND },
    ]);
    expect((axis[0]?.end ?? 0) - (axis[0]?.start ?? 0)).toBeGreaterThan(0.2);
  });

  test("puts what is outside at the nearest edge, and is empty for nothing", () => {
    const axis = waterfallAxis([{ from: SECOND, to: 2 * SECOND }]);
    expect(positionOf(axis, 0)).toBe(0);
    expect(positionOf(axis, 9 * SECOND)).toBe(1);
    expect(waterfallAxis([])).toEqual([]);
    expect(placeOnAxis([], { from: 1, to: 2 })).toEqual({ left: 0, width: 0 });
  });

  test("keeps the order of time and stays within its width", () => {
    const span = fc
      .tuple(fc.integer({ min: 0, max: 1e12 }), fc.integer({ min: 0, max: 1e10 }))
      .map(([from, length]): Span => ({ from, to: from + length }));
    fc.assert(
      fc.property(fc.array(span, { minLength: 1, maxLength: 60 }), (spans) => {
        const axis = waterfallAxis(spans);
        const moments = spans.flatMap(({ from, to }) => [from, to]).sort((a, b) => a - b);
        const places = moments.map((at) => positionOf(axis, at));
        for (const [index, place] of places.entries()) {
          expect(place).toBeGreaterThanOrEqual((places[index - 1] ?? 0) - 1e-9);
          expect(place).toBeLessThanOrEqual(1 + 1e-9);
        }
      }),
    );
  });
});
