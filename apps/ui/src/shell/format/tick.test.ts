import { expect, test } from "vitest";
import { formatTick, roundStep } from "./tick.ts";

test("steps of a scale are 1, 2 or 5 times a power of ten", () => {
  expect([0.7, 1, 1.2, 3, 70].map(roundStep)).toEqual([1, 1, 2, 5, 100]);
});

test("round times have no digits to show", () => {
  expect([2e8, 6e10, 12e10, 72e11].map(formatTick)).toEqual(["200 ms", "60 s", "2 min", "2 h"]);
});
