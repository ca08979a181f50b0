import { describe, expect, test } from "vitest";
import { queueContents } from "./queues.ts";
import { createTypedData, type TypedDataInit } from "./typed-data.ts";

function texts(data: TypedDataInit["data"]): readonly string[] {
  return queueContents(createTypedData(data === undefined ? {} : { data })).map((content) =>
    Buffer.from(content).toString(),
  );
}

describe("the messages of a queue output", () => {
  test.each([
    [{ case: "string", value: "text" }, ["text"]],
    [{ case: "json", value: '{"a":1.10}' }, ['{"a":1.10}']],
    [{ case: "json", value: '"text"' }, ["text"]],
    [{ case: "json", value: '[{"a":1},"text",3]' }, ['{"a":1}', "text", "3"]],
    [{ case: "bytes", value: Buffer.from("raw") }, ["raw"]],
    [{ case: "int", value: 7n }, ["7"]],
    [undefined, []],
  ] as const)("of %o are %j", (data, expected) => {
    expect(texts(data)).toEqual(expected);
  });
});
