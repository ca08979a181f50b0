import { expect, test } from "vitest";
import { drawSpark } from "./sparkline.ts";

test("the longest duration is as high as the picture, half of it half as high", () => {
  expect(drawSpark([10, 5], 100, 16).path).toBe("M97 16V0M99 16V8");
});

test("a duration of next to nothing is still seen", () => {
  expect(drawSpark([0, 1e9], 100, 16).path).toContain("V14.5");
});

test("only the newest fifty are drawn, the newest at the right", () => {
  const path = drawSpark(
    Array.from({ length: 60 }, (_, index) => index),
    100,
    16,
  ).path;
  expect(path.split("M")).toHaveLength(51);
  expect(path).toMatch(/M99 16V0$/);
});

test("no calls make an empty path", () => {
  expect(drawSpark([], 100, 16).path).toBe("");
});
