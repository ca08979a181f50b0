import { expect, test } from "vitest";
import { answerLimit } from "./answer-limit.ts";

test.each([
  [undefined, 60_000],
  [5e9, 60_000],
  [66e9, 198_000],
  [1e15, 86_400_000],
])("an answer that took %s ns is waited for %i ms", (duration, limit) => {
  expect(answerLimit(duration)).toBe(limit);
});
