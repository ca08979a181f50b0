import { expect, test } from "vitest";
import { spreadOf } from "./latency.ts";

test("durations fall into buckets, every one into exactly one", () => {
  const durations = Array.from({ length: 100 }, (_, index) => (index + 1) * 1e6);
  const spread = spreadOf(durations, 10);
  expect(spread).toMatchObject({ count: 100, p50: 50e6, p95: 95e6, max: 100e6 });
  expect(spread?.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(100);
});

test("equal durations and a single one have a place as well", () => {
  expect(spreadOf([5, 5, 5], 4)?.buckets[0]?.count).toBe(3);
  expect(spreadOf([0], 4)?.max).toBe(0);
  expect(spreadOf([], 4)).toBeUndefined();
});
