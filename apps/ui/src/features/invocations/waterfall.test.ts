import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { axisBreaks, axisTicks, placeOnAxis, positionOf, type Span, waterfallAxis } from "./waterfall.ts";

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

  test("leaves idle time out, and says how much", () => {
    const busy = { from: 0, to: SECOND };
    const after = (idle: number) => waterfallAxis([busy, { from: idle, to: idle + SECOND }]);
    const [minute, hour] = [after(60 * SECOND), after(3600 * SECOND)];
    expect(minute.map(({ start, end }) => end - start)).toEqual(hour.map(({ start, end }) => end - start));
    expect(axisBreaks(hour)).toEqual([{ left: expect.closeTo(0.4825), width: 0.035, span: 3599 * SECOND }]);
  });

  test("has one scale: of two bars the longer one took longer, on both sides of a break", () => {
    const [short, long] = [
      { from: 0, to: SECOND },
      { from: 60 * SECOND, to: 90 * SECOND },
    ];
    const axis = waterfallAxis([short, long]);
    expect(placeOnAxis(axis, long).width / placeOnAxis(axis, short).width).toBeCloseTo(30);
  });

  test("has ticks at round times since the first moment in sight", () => {
    const axis = waterfallAxis([{ from: 3 * SECOND, to: 5 * SECOND }]);
    expect(axisTicks(axis, 0.25)).toEqual([
      { at: 0, label: "0" },
      { at: 0.25, label: "500 ms" },
      { at: 0.5, label: "1 s" },
      { at: 0.75, label: "1.5 s" },
      { at: 1 },
    ]);
    const cut = waterfallAxis([
      { from: 0, to: SECOND },
      { from: 600 * SECOND, to: 601 * SECOND },
    ]);
    expect(axisTicks(cut, 0.4).map(({ label }) => label)).toEqual(["0", undefined, "10 min", undefined]);
  });

  test("puts what is outside at the nearest edge, and is empty for nothing", () => {
    const axis = waterfallAxis([{ from: SECOND, to: 2 * SECOND }]);
    expect(positionOf(axis, 0)).toBe(0);
    expect(positionOf(axis, 9 * SECOND)).toBe(1);
    expect(waterfallAxis([])).toEqual([]);
    expect(axisTicks([], 0.3)).toEqual([]);
    expect(placeOnAxis([], { from: 1, to: 2 })).toEqual({ left: 0, width: 0 });
  });

  test("keeps the order of time, stays within its width, and gives equal times equal widths", () => {
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
        const scales = axis
          .filter(({ from, to }) => to > from)
          .map(({ from, to, start, end }) => (end - start) / (to - from));
        for (const scale of scales) {
          expect(scale / (scales[0] ?? 1)).toBeCloseTo(1);
        }
      }),
    );
  });
});
