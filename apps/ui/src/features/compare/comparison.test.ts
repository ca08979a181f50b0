import { describe, expect, test } from "vitest";
import { answer, recorded, replayed } from "../../../testing/answers.ts";
import { badPathOf, compare, compareInputs, readableJson } from "./comparison.ts";

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
});

test("says why a response is not compared", () => {
  const undecoded = { ...replayed, messages: [], reason: "it is too large" };
  expect(compare(recorded, undecoded, []).omitted).toBe("Not compared: it is too large");
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

describe("what two calls were asked", () => {
  const asked = (id: string, name: string) => ({
    request: {
      message: { invocationRequest: { invocationId: id, inputData: [{ name: "req", data: { string: name } }] } },
    },
  });
  const names = ["#7", "#12"] as const;

  test("differs by input, outside of what is ignored", () => {
    const pair = [asked("id-1", "Ada"), asked("id-2", "Bob")] as const;
    expect(compareInputs(pair, names, []).differences.map(({ path }) => path)).toEqual(["inputs.req.data.string"]);
    expect(compareInputs(pair, names, ["inputs.req", "[["])).toEqual({ differences: [] });
  });

  test("is not compared where a request was not recorded or is too large, which is said, by name", () => {
    const known = asked("id-1", "Ada");
    expect(compareInputs([known, {}], names, []).omitted).toBe(
      "The request of #12 was not recorded, so the inputs are not compared.",
    );
    expect(compareInputs([{ reason: "it is too large" }, known], names, []).omitted).toBe(
      "The request of #7 cannot be compared (it is too large), so the inputs are not compared.",
    );
    expect(compareInputs([{}, {}], names, []).omitted).toContain("Neither request was recorded");
  });
});
