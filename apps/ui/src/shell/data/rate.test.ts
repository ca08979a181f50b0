import { expect, test } from "vitest";
import { RateMeter } from "./rate.ts";

test("is the growth over the last three seconds, not what was there before", () => {
  const meter = new RateMeter();
  meter.report(0, 100_000);
  expect(meter.rate(10)).toBe(0);
  for (let second = 1; second <= 10; second++) {
    meter.report(second * 1000, 100_000 + second * 34);
  }
  expect(meter.rate(10_000)).toBeCloseTo(34);
});

test("falls to nothing when nothing comes", () => {
  const meter = new RateMeter();
  meter.report(0, 0);
  meter.report(500, 1000);
  expect(meter.rate(1000)).toBe(1000);
  expect(meter.rate(4000)).toBe(0);
});
