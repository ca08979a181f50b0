import { expect, test } from "vitest";
import { PAGE_BYTES, pagesOf, parseOffset } from "./hex-pages.ts";

test("needs the pages that hold the lines in sight, and no more", () => {
  expect(pagesOf(0, 640)).toEqual([0]);
  expect(pagesOf(0, PAGE_BYTES)).toEqual([0]);
  expect(pagesOf(PAGE_BYTES - 16, PAGE_BYTES + 16)).toEqual([0, 1]);
  expect(pagesOf(5 * PAGE_BYTES, 5 * PAGE_BYTES)).toEqual([5]);
});

test("reads offsets in decimal and hex, inside the message", () => {
  expect(parseOffset(" 4096 ", 10_000)).toBe(4096);
  expect(parseOffset("0x1F", 10_000)).toBe(31);
  expect(parseOffset("10000", 10_000)).toBeUndefined();
  expect(parseOffset("-1", 10_000)).toBeUndefined();
  expect(parseOffset("", 10_000)).toBeUndefined();
});
