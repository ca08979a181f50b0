import { describe, expect, test } from "vitest";
import { axisLabels, BREAK_WIDTH, bucketPixels, formatAxisTime, layOutAxis, pixelAt, timeAt } from "./axis.ts";

const SECOND = 1e9;
const AXIS = [
  { from: 0, to: 30 * SECOND, firstBucket: 0, lastBucket: 29 },
  { from: 2500 * SECOND, to: 2570 * SECOND, firstBucket: 30, lastBucket: 99 },
];
const WIDTH = 1000 + BREAK_WIDTH;
const segments = layOutAxis(AXIS, 100, WIDTH);

describe("the axis of the overview", () => {
  test("gives each stretch the width of its buckets, with a break where time was left out", () => {
    expect(segments.map(({ left, right }) => [left, right])).toEqual([
      [0, 300],
      [300 + BREAK_WIDTH, WIDTH],
    ]);
    expect(bucketPixels(segments[1] ?? fail(), 31)).toEqual({ left: 326, right: 336 });
  });

  test("finds time by pixel and pixel by time", () => {
    for (const at of [0, 3 * SECOND, 30 * SECOND, 2500 * SECOND, 2570 * SECOND]) {
      expect(timeAt(segments, pixelAt(segments, at))).toBeCloseTo(at, 0);
    }
  });

  test("puts idle time into the middle of its break, and reads a break as its nearer end", () => {
    expect(pixelAt(segments, 1000 * SECOND)).toBe(300 + BREAK_WIDTH / 2);
    expect(timeAt(segments, 303)).toBe(30 * SECOND);
    expect(timeAt(segments, 300 + BREAK_WIDTH - 2)).toBe(2500 * SECOND);
  });

  test("has narrower breaks where there are many, so that time keeps most of the width", () => {
    const axis = Array.from({ length: 101 }, (_, index) => ({
      from: index * 100 * SECOND,
      to: (index * 100 + 1) * SECOND,
      firstBucket: index,
      lastBucket: index,
    }));
    const many = layOutAxis(axis, 101, 1000);
    expect(many.at(-1)?.right).toBeCloseTo(1000);
    expect((many[1]?.left ?? 0) - (many[0]?.right ?? 0)).toBeCloseTo(2);
  });

  test("ends at its edges", () => {
    expect(timeAt(segments, -10)).toBe(0);
    expect(timeAt(segments, 5000)).toBe(2570 * SECOND);
    expect(pixelAt(segments, 9999 * SECOND)).toBe(WIDTH);
    expect(pixelAt([], 5)).toBe(0);
    expect(timeAt([], 5)).toBe(0);
  });

  test("is labelled at round times whose texts do not touch", () => {
    const labels = axisLabels(segments);
    expect(labels.map(({ text }) => text)).toEqual(["0 s", "15 s", "41:45", "42 min", "42:15", "42:30", "42:45"]);
    for (const [index, { x }] of labels.entries()) {
      expect(x - (labels[index - 1]?.x ?? -100)).toBeGreaterThanOrEqual(76);
    }
  });
});

test.each([
  [0.25, 0.1, "0.3 s"],
  [12, 1, "12 s"],
  [120, 60, "2 min"],
  [125, 5, "2:05"],
  [7260, 60, "2:01 h"],
])("writes %d s as people read it", (seconds, step, text) => {
  expect(formatAxisTime(seconds, step)).toBe(text);
});

function fail(): never {
  throw new Error("there is no such segment");
}
