import { describe, expect, test } from "vitest";
import { badPathOf, compare, compareRun, isToCome, readableJson } from "./comparison.ts";
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
  test("differs where the content does, by path", () => {
    const paths = compare(recorded, replayed, []).differences.map(({ path }) => path);
    expect(paths).toEqual(["returnValue.json.id", "returnValue.json.at"]);
  });

  test("does not differ in what is ignored, also when another path cannot be read", () => {
    const { differences, badPath } = compare(recorded, replayed, ["returnValue.json.at", "[["]);
    expect(differences.map(({ path }) => path)).toEqual(["returnValue.json.id"]);
    expect(badPath).toBe("[[");
    expect(badPathOf("logs[*].message")).toBeUndefined();
  });
});

describe("values in shared memory that are not at hand", () => {
  const withOutput = (invocationId: string, output: unknown) =>
    answer(invocationId, { result: { status: "Success" }, outputData: [{ name: "blob", ...Object(output) }] });
  const inMap = (name: string) => ({ rpcSharedMemory: { name, count: "9", type: "bytes" } });

  test("are reported as left out, though nothing that was compared differs", () => {
    const { differences, omitted } = compare(withOutput("a-id", inMap("m1")), withOutput("b-id", inMap("m2")), []);
    expect(differences).toEqual([]);
    expect(omitted).toBe("Values in shared memory were not compared: too large, or not copied.");
  });

  test("are reported as left out where they are missing on one side", () => {
    const inlined = withOutput("a-id", { data: { bytes: "AAAA" } });
    expect(compare(inlined, withOutput("b-id", inMap("m2")), []).omitted).toContain("shared memory");
    expect(compare(withOutput("b-id", inMap("m2")), inlined, []).omitted).toContain("shared memory");
    expect(compare(inlined, inlined, []).omitted).toBeUndefined();
  });

  test("are reported for the whole run where one replay of it has them", () => {
    const inlined = withOutput("a-id", { data: { bytes: "AAAA" } });
    const replays = [
      { n: 1, state: "success", answer: inlined },
      { n: 2, state: "success", answer: withOutput("b-id", inMap("m2")) },
    ] as const;
    expect(compareRun(inlined, replays, []).omitted).toContain("shared memory");
    expect(compareRun(inlined, replays.slice(0, 1), []).omitted).toBeUndefined();
  });
});

test("says why a response is not compared", () => {
  const undecoded = { ...replayed, messages: [], reason: "it is too large" };
  expect(compare(recorded, undecoded, []).omitted).toBe("Not compared: it is too large");
});

describe("the answers of a run", () => {
  const partial = { ...replayed, isPartial: true } as const;

  test("count as differing once all of them is there, and until then not at all", () => {
    const of = (one: InvocationAnswer | undefined) =>
      compareRun(recorded, [{ n: 4, state: "success", answer: one }], []);
    expect(of(undefined).changes.size).toBe(0);
    expect(of(partial).changes.size).toBe(0);
    expect([...of(replayed).changes]).toEqual([[4, 2]]);
  });

  test("are not compared with a recorded answer that is half copied", () => {
    const replays = [{ n: 1, state: "success", answer: replayed }] as const;
    expect(compareRun({ ...recorded, isPartial: true }, replays, []).changes.size).toBe(0);
    expect(compareRun(undefined, replays, []).changes.size).toBe(0);
  });

  test("are waited for where more of them will be there soon", () => {
    const open = { ...replayed, row: { ...replayed.row, state: "in-flight" } } as const;
    expect(isToCome(partial, "failed")).toBe(true);
    expect(isToCome(open, "success")).toBe(true);
    expect(isToCome(open, "timed-out")).toBe(false);
    expect(isToCome(replayed, "success")).toBe(false);
  });
});

test("the worker's own id counts as the same", () => {
  const log = (workerId: string) => ({
    ...recorded,
    workerId,
    messages: [{ rpcLog: { message: `from ${workerId}` } }],
  });
  expect(compare(log("7b1f0c52-3e0a"), log("c906abd5-3607"), []).differences).toEqual([]);
});

test("a value is written for people, its numbers as they are", () => {
  expect(readableJson('"not \\"found\\""')).toBe('not "found"');
  expect(readableJson('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(readableJson('{"stackTrace":"Error: no\\n    at C:\\\\new"}')).toBe(
    '{\n  "stackTrace": "Error: no\n    at C:\\\\new"\n}',
  );
  expect(readableJson('{"id":9007199254740993}')).toBe('{\n  "id": 9007199254740993\n}');
  expect(readableJson('"7e1 of 9007199254740993"')).toBe("7e1 of 9007199254740993");
});
