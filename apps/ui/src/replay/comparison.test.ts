import { describe, expect, it } from "vitest";
import { badPathOf, compare, readableJson } from "./comparison.ts";
import type { InvocationAnswer } from "./useAnswer.ts";

function answer(invocationId: string, response: unknown): InvocationAnswer {
  const base = { type: "invocation", id: 1, stream: 1, attempt: 1, logs: 0, errorLogs: 0, lateLogs: 0 } as const;
  const row = { ...base, extraAnswers: 0, state: "success", invocationId } as const;
  return { row, messages: [{ invocationResponse: response }], logs: [], logCount: 0 };
}

const recorded = answer("id-of-the-first", {
  result: { status: "Success" },
  returnValue: { json: '{"id":1,"at":"a"}' },
});
const replayed = answer("id-of-the-second", {
  result: { status: "Success" },
  returnValue: { json: '{"at":"b","id":2}' },
});

describe("an answer beside another", () => {
  it("differs where the content does, by path", () => {
    const paths = compare(recorded, replayed, []).differences.map(({ path }) => path);
    expect(paths).toEqual(["returnValue.json.id", "returnValue.json.at"]);
  });

  it("does not differ in what is ignored, also when another path cannot be read", () => {
    const { differences, badPath } = compare(recorded, replayed, ["returnValue.json.at", "[["]);
    expect(differences.map(({ path }) => path)).toEqual(["returnValue.json.id"]);
    expect(badPath).toBe("[[");
    expect(badPathOf("logs[*].message")).toBeUndefined();
  });
});

it("the worker's own id counts as the same", () => {
  const log = (workerId: string) => ({
    ...recorded,
    workerId,
    messages: [{ rpcLog: { message: `from ${workerId}` } }],
  });
  expect(compare(log("7b1f0c52-3e0a"), log("c906abd5-3607"), []).differences).toEqual([]);
});

it("a value is written for people, its numbers as they are", () => {
  expect(readableJson('"not \\"found\\""')).toBe('not "found"');
  expect(readableJson('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(readableJson('{"id":9007199254740993}')).toBe('{\n  "id": 9007199254740993\n}');
  expect(readableJson('"7e1 of 9007199254740993"')).toBe("7e1 of 9007199254740993");
});
