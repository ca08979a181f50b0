import type { Completion } from "@inspector/filter/complete";
import { describe, expect, test } from "vitest";
import { acceptOption, CLOSED, nextCompletion } from "./completion-state.ts";

const offer = (...labels: string[]): Completion => ({
  from: 0,
  to: 2,
  options: labels.map((label) => ({ label, detail: "" })),
});
const opened = nextCompletion(CLOSED, { type: "offered", completion: offer("fn:", "id:"), typed: "" });

describe("the completion", () => {
  test("opens with no option marked, so that Enter takes the text as it is", () => {
    expect(opened.active).toBe(-1);
    expect(opened.completion?.options).toHaveLength(2);
  });

  test("stays closed when there is nothing to add", () => {
    expect(nextCompletion(opened, { type: "offered", completion: offer(), typed: "x" })).toBe(CLOSED);
    expect(nextCompletion(opened, { type: "offered", completion: offer("hello"), typed: "hello" })).toBe(CLOSED);
  });

  test("goes round through all options and through none", () => {
    let state = opened;
    const seen: number[] = [];
    for (let step = 0; step < 4; step++) {
      state = nextCompletion(state, { type: "moved", by: 1 });
      seen.push(state.active);
    }
    expect(seen).toEqual([0, 1, -1, 0]);
    expect(nextCompletion(opened, { type: "moved", by: -1 }).active).toBe(1);
    expect(nextCompletion(CLOSED, { type: "moved", by: 1 })).toBe(CLOSED);
  });

  test("closes", () => {
    expect(nextCompletion(opened, { type: "closed" })).toBe(CLOSED);
  });
});

describe("an option that is taken", () => {
  test("replaces what was typed; a key waits for its value, a value is followed by a space", () => {
    expect(acceptOption("f", { ...offer(), to: 1 }, "fn:")).toEqual({ text: "fn:", caret: 3 });
    expect(acceptOption("fn:he x", { from: 3, to: 5, options: [] }, "hello")).toEqual({ text: "fn:hello x", caret: 8 });
    expect(acceptOption("fn:he", { from: 3, to: 5, options: [] }, "hello")).toEqual({ text: "fn:hello ", caret: 9 });
  });

  test("does not write a key's colon twice", () => {
    expect(acceptOption("fx:a", { from: 0, to: 2, options: [] }, "fn:").text).toBe("fn:a");
  });
});
