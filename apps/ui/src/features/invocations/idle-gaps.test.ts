import { expect, test } from "vitest";
import { gapsBetween, idleAmong, type RowTime, withIdle } from "./idle-gaps.ts";

const SECOND = 1e9;

const row = (id: number, from?: number, to?: number): RowTime => ({
  id,
  from: from === undefined ? undefined : from * SECOND,
  to: to === undefined ? undefined : to * SECOND,
});

const idle = (rows: readonly RowTime[], busy: readonly (readonly [number, number])[] = []) => [
  ...withIdle(
    new Map(),
    rows,
    idleAmong(
      gapsBetween(rows),
      busy.map(([from, to]) => ({ from: from * SECOND, to: to * SECOND })),
    ),
  ),
];

test("idle time is counted from the end of the last that was at work", () => {
  expect(idle([row(1, 0, 100), row(2, 10, 11), row(3, 150, 151), row(4, 300)])).toEqual([[4, 149 * SECOND]]);
});

test("nothing is idle while something is in flight, in sight or elsewhere", () => {
  const rows = [row(1, 0, 1), row(2, 100, 101)];
  expect(idle([row(1, 0, Number.POSITIVE_INFINITY), row(2, 100, 101)])).toEqual([]);
  expect(idle(rows, [[-500, 900]])).toEqual([]);
  expect(idle(rows, [[-500, Number.POSITIVE_INFINITY]])).toEqual([]);
  expect(idle(rows, [[-500, 0.5]])).toEqual([[2, 99 * SECOND]]);
});

test("it is not guessed beside rows that are not at hand", () => {
  expect(idle([row(1, 0, 1), row(2), row(3, 500)])).toEqual([]);
});

test("what is known stays the same object when nothing new is known, and is taken back when it was wrong", () => {
  const rows = [row(1, 0, 1), row(2, 100)];
  const known = withIdle(new Map(), rows, gapsBetween(rows));
  expect(withIdle(known, rows, gapsBetween(rows))).toBe(known);
  expect(withIdle(known, rows, []).size).toBe(0);
  expect(withIdle(known, [row(2, 100)], [])).toBe(known);
});
