import type { InvocationRow } from "@inspector/session";
import { expect, it } from "vitest";
import type { RecordedCall } from "./recorded-calls.ts";
import { obstacleTo } from "./replay-calls.ts";

const row: InvocationRow = {
  type: "invocation",
  id: 1,
  stream: 1,
  invocationId: "a",
  attempt: 1,
  state: "success",
  logs: 0,
  errorLogs: 0,
  lateLogs: 0,
  extraAnswers: 0,
};

const whole: RecordedCall = {
  row,
  functionName: "hello",
  requestSeq: () => 1,
  request: () => new Uint8Array(),
  answer: () => [],
  http: () => undefined,
};

it("nothing is sent where answers could not be compared", () => {
  expect(obstacleTo(whole)).toBeUndefined();
  expect(obstacleTo({ ...whole, obstacle: "its answer was not recorded" })).toBe("its answer was not recorded");
  expect(obstacleTo({ ...whole, requestSeq: () => undefined })).toMatch(/kept from the worker/u);
  expect(obstacleTo({ ...whole, http: () => "in part" })).toMatch(/not recorded as a whole/u);
  expect(obstacleTo({ ...whole, answer: () => undefined })).toMatch(/given up or cut off/u);
});
