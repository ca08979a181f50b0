import { expect, test } from "vitest";
import { isDarkColor, toHex } from "./editor-colors.ts";

test("a drawn colour is written as the editor wants it", () => {
  expect(toHex("rgb(20, 24, 32)")).toBe("#141820");
  expect(isDarkColor(toHex("rgb(20, 24, 32)"))).toBe(true);
  expect(isDarkColor(toHex("rgb(245, 246, 249)"))).toBe(false);
});
