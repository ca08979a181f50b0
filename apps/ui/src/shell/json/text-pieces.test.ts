import { expect, test } from "vitest";
import { cutText, linesOf } from "./text-pieces.ts";

test("a long text is cut between its lines", () => {
  const text = Array.from({ length: 100 }, (_, index) => `line ${index}`).join("\n");
  const pieces = cutText(text, 50);
  expect(pieces.join("\n")).toBe(text);
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(50);
});

test("one long line is cut anywhere but within a character", () => {
  const text = `x${"😀".repeat(100)}`;
  const pieces = cutText(text, 10);
  expect(pieces.join("")).toBe(text);
  expect(pieces.every((piece) => !/^[\udc00-\udfff]|[\ud800-\udbff]$/u.test(piece))).toBe(true);
});

test("a short text is one piece", () => {
  expect(cutText("a\nb")).toEqual(["a\nb"]);
  expect(cutText("")).toEqual([""]);
});

test("a piece takes a line for each of its own, and for each that is wrapped", () => {
  expect(linesOf("a\n\nb", 80)).toBe(3);
  expect(linesOf("x".repeat(161), 80)).toBe(3);
});
