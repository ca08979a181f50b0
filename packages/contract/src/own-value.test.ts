import { expect, test } from "vitest";
import { ownValue } from "./own-value.ts";

test("a table holds what was put into it, and nothing that it inherits", () => {
  const table = { a: 1, toString: 2 };
  expect(
    ["a", "toString", "constructor", "__proto__", "hasOwnProperty", ""].map((key) => ownValue<unknown>(table, key)),
  ).toEqual([1, 2, undefined, undefined, undefined, undefined]);
});
