import { expect, test } from "vitest";
import { formatCount, formatOffset, formatSpan } from "./time.ts";

test("parts thousands with a narrow space", () => {
  expect([0, 999, 1000, 1_204_567].map(formatCount)).toEqual(["0", "999", "1\u202f000", "1\u202f204\u202f567"]);
});

test("writes seconds since the session began to the millisecond, rounded down", () => {
  expect([0, 3_120_000_000, 999_999_999, 2_478_100_000_000].map(formatOffset)).toEqual([
    "0.000",
    "3.120",
    "0.999",
    "2\u202f478.100",
  ]);
});

test.each([
  [0, "0"],
  [12_000, "12.0 µs"],
  [99_999, "100 µs"],
  [810_000, "0.81 ms"],
  [38_400_000, "38.4 ms"],
  [3_200_000_000, "3.20 s"],
  [2_490_000_000_000, "41.5 min"],
  [9_000_000_000_000, "2.50 h"],
])("writes a span of %d ns as %s", (span, text) => {
  expect(formatSpan(span)).toBe(text);
});
