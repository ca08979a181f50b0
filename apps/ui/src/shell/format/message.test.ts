import type { MessageRow } from "@inspector/contract/page";
import { expect, test } from "vitest";
import { formatKind, statusOf, subjectOf } from "./message.ts";

const base: MessageRow = { seq: 1, at: 0, stream: 1, from: "host", kind: "rpc_log", size: 1 };

test("names what has no name in the contract", () => {
  expect(["", "#40", "Settlement/Complete"].map(formatKind)).toEqual([
    "empty envelope",
    "unknown field 40",
    "Settlement/Complete",
  ]);
});

test("says first that a message is not whole, then its result, then its level", () => {
  expect(statusOf({ ...base, status: "Failure", isTruncated: true })?.label).toBe("cut off");
  expect(statusOf({ ...base, status: "Failure", level: "Debug" })).toEqual({ tone: "bad", label: "Failure" });
  expect(statusOf({ ...base, level: "Warning" })).toEqual({ tone: "warn", label: "Warning" });
  expect(statusOf(base)).toBeUndefined();
});

test("names a message after its function, else its worker", () => {
  expect(subjectOf({ ...base, functionId: "f1", functionName: "hello" }, undefined)).toEqual({
    name: "hello",
    isFunction: true,
  });
  expect(subjectOf(base, undefined)).toEqual({ name: "stream 1", isFunction: false });
});
