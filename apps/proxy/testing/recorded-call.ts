import type { InvocationRow } from "@inspector/contract/page";
import type { RecordedCall } from "../src/replay/recorded-calls.ts";

export function invocationRow(change: Partial<InvocationRow> = {}): InvocationRow {
  return {
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
    ...change,
  };
}

/** One that was recorded as a whole, and went over the stream alone. */
export function recordedCall(change: Partial<RecordedCall> = {}): RecordedCall {
  return {
    row: invocationRow(),
    functionName: "hello",
    requestSeq: () => 1,
    request: () => new Uint8Array(),
    answer: () => [],
    httpExtent: () => undefined,
    http: () => undefined,
    ...change,
  };
}
