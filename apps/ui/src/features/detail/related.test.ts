import { expect, test } from "vitest";
import { relationOf } from "./related.ts";

test("knows the neighbours of a message in its invocation", () => {
  expect(relationOf(7, [3, 7, 9])).toEqual({ position: 2, count: 3, previous: 3, next: 9 });
  expect(relationOf(3, [3, 7])).toMatchObject({ previous: undefined, next: 7 });
});

test("is nothing for a message that stands alone", () => {
  expect(relationOf(3, [3])).toBeUndefined();
  expect(relationOf(3, [])).toBeUndefined();
});
