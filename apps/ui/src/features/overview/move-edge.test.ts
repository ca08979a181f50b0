import { expect, test } from "vitest";
import { moveEdge } from "./move-edge.ts";

const range = { from: 0, to: 1000 };
const window = { from: 200, to: 400 };

test("moves one edge by a hundredth or a tenth, not past the other one", () => {
  expect(moveEdge(window, range, "from", "ArrowRight", false)).toEqual({ from: 210, to: 400 });
  expect(moveEdge(window, range, "to", "PageUp", false)).toEqual({ from: 200, to: 500 });
  expect(moveEdge(window, range, "from", "End", false)).toEqual({ from: 400, to: 400 });
  expect(moveEdge(window, range, "to", "End", false)).toEqual({ from: 200, to: 1000 });
});

test("moves both with Shift, no further than the session", () => {
  expect(moveEdge(window, range, "to", "ArrowLeft", true)).toEqual({ from: 190, to: 390 });
  expect(moveEdge(window, range, "to", "Home", true)).toEqual({ from: 0, to: 200 });
});

test("leaves other keys alone", () => {
  expect(moveEdge(window, range, "from", "j", false)).toBeUndefined();
});
