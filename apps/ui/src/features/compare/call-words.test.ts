import type { InvocationRow } from "@inspector/contract/page";
import { expect, test } from "vitest";
import { describeMissing, inOrder, partnerOf } from "./call-words.ts";

const base = { type: "invocation", id: 9, stream: 1, attempt: 1, logs: 0, errorLogs: 0, lateLogs: 0 } as const;

function row(state: InvocationRow["state"], httpStatus?: number): InvocationRow {
  return { ...base, invocationId: "i", extraAnswers: 0, state, ...(httpStatus !== undefined && { httpStatus }) };
}

test("a failure is compared with the last good call, also one that its worker calls a success", () => {
  const neighbours = { lastGood: 3, nextFailure: 20 };
  expect(partnerOf(row("failed"), neighbours)).toBe(3);
  expect(partnerOf(row("lost"), neighbours)).toBe(3);
  expect(partnerOf(row("success", 500), neighbours)).toBe(3);
});

test("a good call is compared with the next failure, and with the last good one where there is none", () => {
  expect(partnerOf(row("success", 200), { lastGood: 3, nextFailure: 20 })).toBe(20);
  expect(partnerOf(row("success"), { lastGood: 3 })).toBe(3);
  expect(partnerOf(row("success"), {})).toBeUndefined();
});

test("the earlier of two calls stands first, whichever was chosen first", () => {
  expect(inOrder(20, 3)).toEqual([3, 20]);
  expect(inOrder(3, 20)).toEqual([3, 20]);
});

test("what is missing is said, as far as it would be compared with", () => {
  expect(describeMissing("hello", row("failed"), {})).toBe("No call of hello before this one went well.");
  expect(describeMissing("hello", row("failed"), { lastGood: 3 })).toBeUndefined();
  expect(describeMissing("hello", row("success"), { lastGood: 3 })).toBe("No call of hello after this one failed.");
  expect(describeMissing("hello", row("success"), { nextFailure: 12 })).toBeUndefined();
});
