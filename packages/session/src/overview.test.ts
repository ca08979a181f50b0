import type { Overview } from "@inspector/contract/page";
import { DatabaseSync } from "@photostructure/sqlite";
import { expect, test } from "vitest";
import type { Database } from "./database.ts";
import { overviewOf } from "./overview.ts";
import { SCHEMA } from "./schema.ts";
import { createWriter } from "./writer.ts";

const SECOND = 1e9;

type Dot = { readonly at: number; readonly stream?: number; readonly isError?: boolean };

function sessionOf(dots: readonly Dot[]): Database {
  const database = new DatabaseSync(":memory:") as unknown as Database;
  database.exec(`PRAGMA foreign_keys = OFF; ${SCHEMA}`);
  const writer = createWriter(database);
  for (const { at, stream = 1, isError = false } of dots) {
    writer.message({ at, stream, side: 1, kind: 2, size: 10, flags: 0, body: 0, level: isError ? 4 : 2 });
  }
  writer.finishBatch();
  return database;
}

function every(step: number, from: number, to: number): Dot[] {
  return Array.from({ length: Math.floor((to - from) / step) }, (_, n) => ({ at: from + n * step }));
}

function total(lane: readonly number[] | undefined): number {
  return (lane ?? []).reduce((sum, n) => sum + n, 0);
}

function shape({ axis }: Overview): [number, number][] {
  return axis.map(({ from, to }) => [from / SECOND, to / SECOND]);
}

test("an empty session has no lanes", () => {
  const { lanes, axis } = overviewOf(sessionOf([]), { buckets: 100 });
  expect(lanes).toEqual([]);
  expect(axis).toHaveLength(1);
});

test("every message is counted in its lane, with errors and bytes", () => {
  const dots = [...every(SECOND / 10, 0, 5 * SECOND), { at: SECOND, stream: 2, isError: true }];
  const { lanes, buckets } = overviewOf(sessionOf(dots), { buckets: 200 });
  expect(
    lanes.map(({ stream, messages, errors, bytes }) => [stream, total(messages), total(errors), total(bytes)]),
  ).toEqual([
    [1, 50, 0, 500],
    [2, 1, 1, 10],
  ]);
  expect(lanes[0]?.messages).toHaveLength(buckets);
});

test("long idle stretches are left out, and what is busy keeps its resolution", () => {
  const dots = [...every(SECOND / 10, 0, 2 * SECOND), ...every(SECOND / 10, 3600 * SECOND, 3603 * SECOND)];
  const overview = overviewOf(sessionOf(dots), { buckets: 500 });
  expect(overview.buckets).toBe(500);
  expect(shape(overview)).toEqual([
    [0, expect.closeTo(2, 0)],
    [3600, expect.closeTo(3603, 0)],
  ]);
  expect(overview.axis.map(({ firstBucket, lastBucket }) => lastBucket - firstBucket)).toEqual([
    expect.toSatisfy((n: number) => n > 150 && n < 250),
    expect.toSatisfy((n: number) => n > 250 && n < 350),
  ]);
  expect(total(overview.lanes[0]?.messages)).toBe(50);
});

test("steady traffic is not cut up, however thin", () => {
  expect(shape(overviewOf(sessionOf(every(10 * SECOND, 0, 3600 * SECOND)), { buckets: 100 }))).toHaveLength(1);
});

test("many bursts far from each other are not cut into more stretches than there is room for", () => {
  const dots = Array.from({ length: 500 }, (_, n) => ({ at: n * n * 60 * SECOND }));
  const { axis, lanes, buckets } = overviewOf(sessionOf(dots), { buckets: 60 });
  expect(axis.length).toBeLessThanOrEqual(40);
  expect(axis.at(-1)?.lastBucket).toBe(buckets - 1);
  for (const [index, { firstBucket, lastBucket }] of axis.entries()) {
    expect(firstBucket).toBe(index === 0 ? 0 : (axis[index - 1]?.lastBucket ?? 0) + 1);
    expect(lastBucket).toBeGreaterThanOrEqual(firstBucket);
  }
  expect(total(lanes[0]?.messages)).toBe(500);
});

test("a stretch is shown in as much detail as it has", () => {
  const dots = every(1e6, 0, SECOND);
  const overview = overviewOf(sessionOf(dots), { from: 0.5 * SECOND, to: 0.6 * SECOND, buckets: 100 });
  expect(overview).toMatchObject({ from: 0.5 * SECOND, to: 0.6 * SECOND, buckets: 100 });
  expect(overview.lanes[0]?.messages).toEqual(new Array(100).fill(1));
});

test("where messages are too many to be counted one by one, buckets are as wide as what was counted", () => {
  const dots = every(1e4, 0, SECOND);
  const { buckets, lanes } = overviewOf(sessionOf(dots), { buckets: 1000 });
  expect(buckets).toBe(100);
  expect(lanes[0]?.messages).toEqual(new Array(100).fill(1000));
});
