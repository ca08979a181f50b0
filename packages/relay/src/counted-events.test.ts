import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CountedEvents } from "./counted-events.ts";

let recorded: unknown[];
let events: CountedEvents;

beforeEach(() => {
  vi.useFakeTimers();
  recorded = [];
  events = new CountedEvents((event) => recorded.push(event));
});

afterEach(() => {
  events.close();
  vi.useRealTimers();
});

test("the first of a kind is recorded at once, and how many followed after a minute", () => {
  expect(events.add("a", { type: "fault", message: "a" })).toBe(true);
  for (let n = 0; n < 1_000; n++) {
    expect(events.add("a", { type: "fault", message: "a" })).toBe(false);
  }
  expect(events.add("b", { type: "fault", message: "b" })).toBe(true);
  expect(recorded).toEqual([
    { type: "fault", message: "a" },
    { type: "fault", message: "b" },
  ]);
  vi.advanceTimersByTime(60_000);
  expect(recorded.slice(2)).toEqual([{ type: "fault", message: "a", count: 1_000 }]);
  expect(events.add("a", { type: "fault", message: "a" })).toBe(true);
});

test("what is only counted is recorded with its number, also when that is the end", () => {
  for (let n = 0; n < 3; n++) {
    events.addQuietly("probes", { type: "probes" });
  }
  expect(recorded).toEqual([]);
  events.close();
  expect(recorded).toEqual([{ type: "probes", count: 3 }]);
});

test("kinds without end are counted together", () => {
  for (let n = 0; n < 10_000; n++) {
    events.add(`kind ${n}`, { type: "fault", message: `kind ${n}` });
  }
  expect(recorded.length).toBeLessThanOrEqual(51);
});
