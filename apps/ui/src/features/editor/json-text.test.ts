import { describe, expect, test } from "vitest";
import { inLines, inStyle, listInnerJson, styleOf, withInnerJson } from "./json-text.ts";

const ORDER = String.raw`{"id":9007199254740993,"2":1.50,"1":"a, \"b\": \u00e9","none":[],"items":[{"x":1e400},null]}`;

describe("a JSON text on one line", () => {
  test("is shown in lines, and written back to the character", () => {
    const lines = inLines(ORDER);
    expect(lines).toContain(
      '\n  "id": 9007199254740993,\n  "2": 1.50,\n  "1": "a, \\"b\\": \\u00e9",\n  "none": [],\n',
    );
    const style = styleOf(ORDER);
    expect(style && inStyle(lines, style)).toBe(ORDER);
  });

  test("keeps the blanks of its writer", () => {
    const text = '{"a": [1, 2], "b": {}}';
    const style = styleOf(text);
    expect(style && inStyle(inLines(text).replace("2", "3"), style)).toBe('{"a": [1, 3], "b": {}}');
  });

  test.each(['{"a":1,\n"b":2}', '{"a" :1}', "[1", "12", '"x"'])(
    "is left as it is where it is not known how it was written: %s",
    (text) => {
      expect(styleOf(text)).toBeUndefined();
    },
  );
});

describe("JSON in a string of a JSON text", () => {
  const MESSAGE = String.raw`{ "Body": "{\"id\":9007199254740993,\"b\":1}",  "key": "plain", "ids": ["[1]"] }`;

  test("is found under its key, and as an item", () => {
    const found = listInnerJson(MESSAGE, new Set());
    expect(found.map(({ name, text }) => [name, text])).toEqual([
      ["Body", '{"id":9007199254740993,"b":1}'],
      ["", "[1]"],
    ]);
  });

  test("is replaced, and nothing around it", () => {
    const [body] = listInnerJson(MESSAGE, new Set());
    const written = withInnerJson(MESSAGE, body?.index ?? -1, '{"id":9007199254740993,"b":2}');
    expect(written).toBe(MESSAGE.replace(String.raw`\"b\":1`, String.raw`\"b\":2`));
  });

  test("is found beside a string of many megabytes", () => {
    const text = JSON.stringify({ file: "x".repeat(12_000_000), lines: "\n".repeat(6_000_000), body: "[1]" });
    expect(listInnerJson(text, new Set())).toEqual([{ index: expect.any(Number), name: "body", text: "[1]" }]);
  });

  test("stays while it is typed and is no JSON", () => {
    const [body] = listInnerJson(MESSAGE, new Set());
    const index = body?.index ?? -1;
    const written = withInnerJson(MESSAGE, index, "{");
    expect(listInnerJson(written, new Set())).toHaveLength(1);
    expect(listInnerJson(written, new Set([index]))[0]).toEqual({ index, name: "Body", text: "{" });
  });
});
