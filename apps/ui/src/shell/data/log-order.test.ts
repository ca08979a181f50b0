import { describe, expect, test } from "vitest";
import { Column } from "./column.ts";
import { LineColumn } from "./line-column.ts";
import { LogOrder } from "./log-order.ts";

const later = () => {};
const NONE = new Uint32Array();

function orderOf(messages: readonly number[], lines: readonly (readonly [number: number, place: number])[]) {
  const column = new Column(later);
  column.take(Uint32Array.from(messages), NONE, 100);
  const lineColumn = new LineColumn(later);
  lineColumn.take(Uint32Array.from(lines.flat()), NONE, 100);
  return { order: new LogOrder(column, lineColumn), column, lines: lineColumn };
}

describe("messages and lines in one order", () => {
  test("a line stands before the message at its place, and before the next one that is shown where that one is not", () => {
    const { order } = orderOf(
      [2, 5, 9],
      [
        [20, 1],
        [22, 5],
        [24, 5],
        [7, 6],
        [26, 12],
      ],
    );
    expect(order.slice(0, 99)).toEqual([-20, 2, -22, -24, 5, -7, 9, -26]);
    expect(order.at(8)).toBeUndefined();
    expect(order.at(-1)).toBeUndefined();
  });

  test("every row is found at its index, from both ends", () => {
    const messages = Array.from({ length: 400 }, (_, n) => 2 * n + 1);
    const lines = Array.from({ length: 300 }, (_, n) => [2 * n + 2, 1 + Math.floor(n * n * 0.01)] as const);
    const { order } = orderOf(messages, lines);
    const rows = order.slice(0, order.length);
    expect(rows).toHaveLength(700);
    expect(new Set(rows).size).toBe(700);
    expect(rows.map((row) => order.indexOf(row))).toEqual(rows.map((_, index) => index));
    expect(rows.map((_, index) => order.at(order.length - 1 - index)).reverse()).toEqual(rows);
    expect(rows.filter((row) => row > 0)).toEqual(messages);
    expect(rows.filter((row) => row < 0)).toEqual(lines.map(([number]) => -number));
    // The reference: sorted together by place, a line before the message of that number.
    const sorted = [...messages.map((seq) => [seq, 1, seq]), ...lines.map(([number, place]) => [place, 0, -number])];
    sorted.sort(([a = 0, c = 0], [b = 0, d = 0]) => a - b || c - d);
    expect(rows).toEqual(sorted.map(([, , row]) => row));
  });

  test("rows that a filter hides are not in it, and a step from a hidden message goes on where it would be", () => {
    const { order } = orderOf([2, 9], [[20, 5]]);
    expect(order.indexOf(4)).toBe(-1);
    expect(order.indexOf(-22)).toBe(-1);
    expect(order.lowerBound(4)).toBe(1);
    expect(order.lowerBound(6)).toBe(2);
    expect(order.lowerBound(-22)).toBe(-1);
  });

  test("what comes in moves nothing that stands before it", () => {
    const { order, column, lines } = orderOf([1, 2], [[20, 3]]);
    column.take(Uint32Array.of(3, 4), NONE, 104);
    lines.take(Uint32Array.of(22, 4, 24, 9), NONE, 104);
    expect(order.slice(0, 99)).toEqual([1, 2, -20, 3, -22, 4, -24]);
  });
});

describe("lines of a view", () => {
  test("ends of streams that are told again after an interruption are there once", () => {
    const { lines } = orderOf([], [[3, 5]]);
    lines.take(Uint32Array.of(3, 5, 5, 7), NONE, 101);
    expect([lines.numberAt(0), lines.numberAt(1), lines.length]).toEqual([3, 5, 2]);
    expect(() => lines.numberAt(2)).toThrow(RangeError);
  });

  test("places never go back, whatever is told", () => {
    const { lines } = orderOf([], [[2, 9]]);
    lines.take(Uint32Array.of(4, 5), NONE, 101);
    expect(lines.placeAt(1)).toBe(9);
  });
});
