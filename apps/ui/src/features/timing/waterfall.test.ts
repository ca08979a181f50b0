import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { axisBreaks, axisTicks, placeOnAxis, positionOf, type Span, steadyAxis, waterfallAxis } from "./waterfall.ts";

const SECOND = 1e9;

describe("the time axis of rows that are followed", () => {
  const calls = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ from: at * SECOND, to: at * SECOND + SECOND / 5 }));

  test("keeps the bars of what is over where they are while new work comes and goes on", () => {
    const axis = steadyAxis([], calls(20));
    const bars = (of: typeof axis) =>
      calls(20).flatMap((call) => Object.values(placeOnAxis(of, call)).map((part) => part.toFixed(9)));
    const next = { from: 20 * SECOND, to: 20 * SECOND };
    const grown = steadyAxis(axis, [...calls(20), next]);
    expect(bars(grown)).toEqual(bars(axis));
    const going = steadyAxis(grown, [...calls(20), { ...next, to: 20.3 * SECOND }]);
    expect(bars(going)).toEqual(bars(axis));
    const { left, width } = placeOnAxis(going, { ...next, to: 20.3 * SECOND });
    expect(left + width).toBeLessThan(1);
    expect(width / placeOnAxis(going, { from: 0, to: SECOND / 5 }).width).toBeCloseTo(1.5);
    expect(steadyAxis(going, [...calls(20), { ...next, to: 20.3 * SECOND }])).toBe(going);
  });

  test("leaves out idle time before new work, and says how much", () => {
    const axis = steadyAxis([], calls(5));
    const later = steadyAxis(axis, [...calls(5), { from: 3600 * SECOND, to: 3600.1 * SECOND }]);
    expect(placeOnAxis(later, { from: 0, to: SECOND })).toEqual(placeOnAxis(axis, { from: 0, to: SECOND }));
    expect(axisBreaks(later)).toHaveLength(axisBreaks(axis).length + 1);
    expect(axisBreaks(later).at(-1)?.span).toBe(3595.8 * SECOND);
  });

  test("is made anew where there is no more room, where little of it is in use, and where earlier rows come into sight", () => {
    const axis = steadyAxis([], calls(20));
    const long = { from: 20 * SECOND, to: 60 * SECOND };
    expect(steadyAxis(axis, [...calls(20), long])).toEqual(waterfallAxis([...calls(20), long], 0.25));
    const few = calls(20).slice(-4);
    expect(steadyAxis(axis, few)).toEqual(waterfallAxis(few, 0.25));
    const middle = steadyAxis([], calls(20).slice(10));
    expect(steadyAxis(middle, calls(20))).toEqual(axis);
  });
});

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
