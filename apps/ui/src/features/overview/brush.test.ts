import { describe, expect, test } from "vitest";
import { dragWindow, gripAt, roundWindow, windowOf, withWindow } from "./brush.ts";

describe("the window in the filter", () => {
  test("is a term that can be read back", () => {
    const filter = withWindow("fn:hello OR fn:order", { from: 1.2352e9, to: 20e9 });
    expect(filter).toBe("(fn:hello OR fn:order) at:1.235s..20s");
    expect(windowOf(filter)).toEqual({ from: 1.235e9, to: 20e9 });
    expect(withWindow(filter, undefined)).toBe("fn:hello OR fn:order");
  });

  test("replaces the one before", () => {
    expect(withWindow("at:1s..2s dur:>1s", { from: 0, to: 1e9 })).toBe("dur:>1s at:0s..1s");
  });

  test("is read in other units too, and not guessed from other forms", () => {
    expect(windowOf("at:500ms..2min")).toEqual({ from: 0.5e9, to: 120e9 });
    for (const filter of ["", "at:>2s", "at:3s..2s", "at:x..y", "at:1constructor..2s", '"at:1s..2s"']) {
      expect(windowOf(filter)).toBeUndefined();
    }
  });
});

test("a window is no finer than what was drawn, and holds all of it", () => {
  expect(roundWindow({ from: 315.324e9, to: 464.056e9 }, 0.7e9)).toEqual({ from: 315.3e9, to: 464.1e9 });
  expect(roundWindow({ from: 315.324e9, to: 464.056e9 }, 3e9)).toEqual({ from: 315e9, to: 465e9 });
  expect(roundWindow({ from: 1.0004e9, to: 1.0006e9 }, 10)).toEqual({ from: 1e9, to: 1.001e9 });
});

describe("a drag", () => {
  const window = { left: 100, right: 200 };

  test("takes hold of what is under the pointer", () => {
    expect(gripAt(103, window)).toBe("from");
    expect(gripAt(196, window)).toBe("to");
    expect(gripAt(150, window)).toBe("all");
    expect(gripAt(250, window)).toBe("new");
    expect(gripAt(150, undefined)).toBe("new");
  });

  test("moves an edge, also past the other one", () => {
    expect(dragWindow("to", window, 200, 260, 400)).toEqual({ left: 100, right: 260 });
    expect(dragWindow("to", window, 200, 40, 400)).toEqual({ left: 40, right: 100 });
    expect(dragWindow("from", window, 100, -50, 400)).toEqual({ left: 0, right: 200 });
  });

  test("moves the window as a whole, and no further than the edges", () => {
    expect(dragWindow("all", window, 150, 170, 400)).toEqual({ left: 120, right: 220 });
    expect(dragWindow("all", window, 150, 900, 400)).toEqual({ left: 300, right: 400 });
  });

  test("draws a new one in either direction", () => {
    expect(dragWindow("new", window, 300, 250, 400)).toEqual({ left: 250, right: 300 });
  });
});
