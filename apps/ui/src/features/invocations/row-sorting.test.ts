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

test("an order of a part says that it has the first rows, and one of all that new ones are not in it yet", () => {
  const slowest = { by: "duration", isDescending: true } as const;
  const cut = { count: 1000, isCut: true };
  expect(describeOrder(slowest, cut, 23_456)).toMatch(/^Slowest first: the first 1.000 of 23.456 rows/u);
  const failed = { by: "status", isDescending: true } as const;
  expect(describeOrder(failed, { count: 12, isCut: false }, 12)).toBe("Failed first: 12 rows");
  const grown = describeOrder(failed, { count: 12, isCut: false }, 15);
  expect(grown).toBe("Failed first: 12 rows, and 3 new to be put in their places");
  expect(describeOrder(slowest, undefined, 5)).toBe("Slowest first: sorting…");
});
