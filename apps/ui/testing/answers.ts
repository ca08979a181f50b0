/** Answers of invocations that differ, as a comparison gets them. */
import type { InvocationAnswer } from "../src/features/compare/compared-call.ts";

export function answer(invocationId: string, response: unknown): InvocationAnswer {
  const base = { type: "invocation", id: 1, stream: 1, attempt: 1, logs: 0, errorLogs: 0, lateLogs: 0 } as const;
  const row = { ...base, extraAnswers: 0, state: "success", invocationId } as const;
  return { row, messages: [{ invocationResponse: response }], logs: [], logCount: 0 };
}

export const recorded = answer("id-of-the-first", {
  result: { status: "Success" },
  returnValue: { json: '{"id":1,"at":"a"}' },
});

/** Differs from {@link recorded} in two members. */
export const replayed = answer("id-of-the-second", {
  result: { status: "Success" },
  returnValue: { json: '{"at":"b","id":2}' },
});
