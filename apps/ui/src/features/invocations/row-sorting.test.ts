import { expect, test } from "vitest";
import { describeOrder, formatOrder, parseOrder } from "./row-sorting.ts";

test("an address names an order, and one that is not known is none", () => {
  expect(parseOrder("-duration")).toEqual({ by: "duration", isDescending: true });
  expect(parseOrder("size")).toEqual({ by: "size", isDescending: false });
  expect([parseOrder("-x"), parseOrder("--size"), parseOrder(""), parseOrder(undefined)]).toEqual(
    Array(4).fill(undefined),
  );
  expect(formatOrder({ column: "duration", isDescending: true })).toBe("-duration");
  expect(formatOrder(undefined)).toBeUndefined();
});

test("an order that has not all rows says of how many it has the first", () => {
  const slowest = { by: "duration", isDescending: true } as const;
  expect(describeOrder(slowest, 1000, 23_456)).toMatch(/^Slowest first: 1.000 of 23.456 rows/u);
  expect(describeOrder({ by: "status", isDescending: true }, 12, 12)).toBe("Failed first: 12 rows");
  expect(describeOrder(slowest, undefined, 5)).toBe("Slowest first: sorting…");
});
