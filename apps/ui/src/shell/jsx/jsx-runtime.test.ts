import { expect, test } from "vitest";
import { Fragment, shownProps } from "./jsx-runtime.ts";

test("elements show signs for what a browser would obey, in their text and in what is read out", () => {
  expect(shownProps("td", { title: "a\u202eb", "aria-label": "c\u001b", children: "d\u009b" })).toEqual({
    title: "a<U+202E>b",
    "aria-label": "c␛",
    children: "d<U+009B>",
  });
  const child = { type: "b" };
  expect(shownProps(Fragment, { children: ["x\u0007", 1, child, ["y\u0000", null]] })).toEqual({
    children: ["x␇", 1, child, ["y␀", null]],
  });
});

test("what is edited and what components are given stays as it is", () => {
  const input = { value: "a\u202eb", defaultValue: "\u001b", onChange: () => {} };
  expect(shownProps("input", input)).toBe(input);
  const given = { children: "a\u202eb", title: "\u001b" };
  expect(shownProps(() => null, given)).toBe(given);
  const plain = { title: "plain", children: ["two\n\tlines", 3] };
  expect(shownProps("p", plain)).toBe(plain);
});
