import { describe, expect, test } from "vitest";
import { type GridLine, nextSorting, sortRows, stepRow } from "./grid-lines.ts";

const row = (key: string): GridLine<string> => ({ type: "row", key, row: key });
const group = (key: string): GridLine<string> => ({ type: "group", key, title: key });
const LINES = [group("errors"), row("a"), row("b"), group("warnings"), row("c")];

describe("steps", () => {
  test("start at the first row, not at the heading above it", () => {
    expect(stepRow(LINES, -1, 1)).toBe(1);
  });
  test("pass headings without counting them", () => {
    expect(stepRow(LINES, 2, 1)).toBe(4);
    expect(stepRow(LINES, 4, -2)).toBe(1);
  });
  test("end at the first and the last row", () => {
    expect(stepRow(LINES, 1, -1)).toBe(1);
    expect(stepRow(LINES, 4, 10)).toBe(4);
  });
  test("lead nowhere in a grid without rows", () => {
    expect(stepRow([group("errors")], -1, 1)).toBe(-1);
  });
});

describe("sorting", () => {
  test("goes from the more useful direction to the other one, then to none", () => {
    const first = nextSorting(undefined, "p95", true);
    const second = nextSorting(first, "p95", true);
    expect([first, second, nextSorting(second, "p95", true)]).toEqual([
      { column: "p95", isDescending: true },
      { column: "p95", isDescending: false },
      undefined,
    ]);
  });
  test("puts rows without a value last in both directions", () => {
    const rows = [{ p95: 3 }, { p95: undefined }, { p95: 7 }];
    const sorted = (isDescending: boolean) => sortRows(rows, ({ p95 }) => p95, isDescending).map(({ p95 }) => p95);
    expect(sorted(true)).toEqual([7, 3, undefined]);
    expect(sorted(false)).toEqual([3, 7, undefined]);
  });
});
