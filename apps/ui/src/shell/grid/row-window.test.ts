import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type ListShape,
  MAX_HEIGHT,
  maxOffset,
  offsetToCenter,
  offsetToShow,
  rowWindow,
  scrollHeight,
  toOffset,
  toScrollTop,
  visibleRows,
} from "./row-window.ts";

const shape = (count: number): ListShape => ({ count, rowHeight: 24, viewport: 600 });

describe("a list of rows of one height", () => {
  test("has the rows in sight and a few around them in the document, at any length", () => {
    expect(rowWindow(shape(1_000_000), 24_000)).toEqual({ start: 992, end: 1032 });
    expect(rowWindow(shape(10), 0)).toEqual({ start: 0, end: 10 });
    expect(rowWindow(shape(0), 0)).toEqual({ start: 0, end: 0 });
  });

  test("keeps the rows that it has while it is scrolled, or followed, by a few", () => {
    const starts = Array.from({ length: 17 }, (_, more) => {
      const list = shape(1000 + more);
      return rowWindow(list, maxOffset(list)).start;
    });
    expect(new Set(starts).size).toBeLessThanOrEqual(3);
  });

  test("ends at its last row", () => {
    const list = shape(1000);
    expect(visibleRows(list, maxOffset(list))).toEqual({ start: 975, end: 1000 });
  });

  test("moves only as far as it must to show a row", () => {
    const list = shape(1000);
    expect(offsetToShow(list, 2400, 100)).toBe(2400);
    expect(offsetToShow(list, 2400, 99)).toBe(99 * 24);
    expect(offsetToShow(list, 0, 25)).toBe(24);
    expect(offsetToShow(list, 0, 999)).toBe(maxOffset(list));
  });

  test("puts a row from elsewhere into the middle, but not beyond the ends", () => {
    const list = shape(1000);
    expect(offsetToCenter(list, 500)).toBe(12_000 - 288);
    expect(offsetToCenter(list, 0)).toBe(0);
    expect(offsetToCenter(list, 999)).toBe(maxOffset(list));
  });

  test("is never taller than a browser allows, and its last row is still reached", () => {
    const list = shape(10_000_000);
    expect(scrollHeight(list)).toBe(MAX_HEIGHT);
    expect(toOffset(list, MAX_HEIGHT - 600)).toBe(maxOffset(list));
    expect(toScrollTop(list, maxOffset(list))).toBe(MAX_HEIGHT - 600);
    expect(toOffset(list, 0)).toBe(0);
  });

  test("finds the way back from every scroll position", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 26, max: 20_000_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (count, part) => {
          const list = shape(count);
          const offset = maxOffset(list) * part;
          expect(toOffset(list, toScrollTop(list, offset))).toBeCloseTo(offset, 1);
        },
      ),
    );
  });
});
