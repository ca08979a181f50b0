import { expect, test } from "vitest";
import { WorkLimit } from "./work-limit.ts";

/** Both clocks stand until the test moves them. */
function createLimit(limitMs: number) {
  const clocks = { at: 0, worked: 0 };
  const limit = new WorkLimit(limitMs, { now: () => clocks.at, processor: () => clocks.worked });
  const pass = (ms: number, worked: number) => {
    clocks.at += ms;
    clocks.worked += worked;
  };
  return { limit, pass };
}

test("work that the machine has no time for is not too long, until it has had its processor time", () => {
  const { limit, pass } = createLimit(10_000);
  expect(limit.isExceeded(1, true)).toBe(false);
  pass(20_000, 4000);
  expect(limit.isExceeded(1, true)).toBe(false);
  pass(10_000, 7000);
  expect(limit.isExceeded(1, true)).toBe(true);
});

test("processor time of other threads does not end work before its limit, and work without any ends at last", () => {
  const { limit, pass } = createLimit(10_000);
  limit.isExceeded(1, true);
  pass(9000, 18_000);
  expect(limit.isExceeded(1, true)).toBe(false);
  pass(2000, 4000);
  expect(limit.isExceeded(1, true)).toBe(true);
  expect(limit.isExceeded(2, true)).toBe(false);
  pass(59_000, 0);
  expect(limit.isExceeded(2, true)).toBe(false);
  pass(2000, 0);
  expect(limit.isExceeded(2, true)).toBe(true);
});

test("each piece of work has a limit of its own, and waiting for the next has none", () => {
  const { limit, pass } = createLimit(1000);
  limit.isExceeded(1, true);
  pass(900, 900);
  expect(limit.isExceeded(2, true)).toBe(false);
  pass(900, 900);
  expect(limit.isExceeded(2, false)).toBe(false);
  pass(100_000, 100_000);
  expect(limit.isExceeded(2, false)).toBe(false);
});
