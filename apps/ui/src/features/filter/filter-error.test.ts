import { expect, test } from "vitest";
import { markError } from "./filter-error.ts";

test("marks the word in which a filter goes wrong", () => {
  expect(markError("kind:x foo:bar baz", 7)).toEqual(["kind:x ", "foo:bar", " baz"]);
});

test("marks a bracket alone", () => {
  expect(markError("a ) b", 2)).toEqual(["a ", ")", " b"]);
});

test("has something to see where the filter ends too early", () => {
  expect(markError("a OR", 4)).toEqual(["a OR", "\u00a0\u00a0", ""]);
  expect(markError("a", 99)).toEqual(["a", "\u00a0\u00a0", ""]);
});
