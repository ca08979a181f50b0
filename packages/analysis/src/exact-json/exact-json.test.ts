import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatJsonNode, parseExactJson, toJsonNode } from "./exact-json.ts";

describe("exact JSON", () => {
  test("keeps every digit of a number", () => {
    const text = '{\n  "id": 9007199254740993,\n  "x": 1.10,\n  "y": -0,\n  "z": 1E400\n}';
    const parsed = parseExactJson(text);
    expect(parsed.ok && formatJsonNode(parsed.value)).toBe(text);
  });

  test("keeps keys that occur twice, and their order", () => {
    const parsed = parseExactJson('{"b":1,"a":2,"b":3}');
    const keys = parsed.ok && parsed.value.kind === "object" && parsed.value.entries.map(([key]) => key);
    expect(keys).toEqual(["b", "a", "b"]);
  });

  test("reads what JSON.stringify writes, and writes what JSON.parse reads", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const parsed = parseExactJson(JSON.stringify(value));
        expect(parsed.ok && JSON.parse(formatJsonNode(parsed.value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test("takes for JSON what JSON.parse takes, and nothing else", () => {
    const isJson = (text: string) => {
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("{", "}", "[", "]", ",", ":", '"a"', "1", "-", ".5", "true", " ", "\\")),
        (parts) => {
          const text = parts.join("");
          expect(parseExactJson(text).ok).toBe(isJson(text));
        },
      ),
    );
  });

  test.each([
    ['{"a":1,}', 7],
    ['["a" "b"]', 5],
    ["[1,2", 4],
    ['{"a":tru}', 5],
    ["", 0],
    ["1 2", 2],
  ])("says where %s stops being JSON", (text, offset) => {
    expect(parseExactJson(text)).toMatchObject({ ok: false, offset });
  });

  test("refuses text that is nested without end instead of running out of stack", () => {
    expect(parseExactJson("[".repeat(100_000))).toMatchObject({ ok: false, message: "nested deeper than 400" });
  });

  test("reads a string of tens of megabytes", () => {
    const long = "x".repeat(40_000_000);
    const parsed = parseExactJson(JSON.stringify({ long }));
    expect(parsed.ok && parsed.value.kind === "object" && parsed.value.entries[0]?.[1]).toEqual({
      kind: "string",
      text: long,
    });
  });

  test("reads strings as JSON.parse does, escapes and control characters included", () => {
    const piece = fc.constantFrom("a", "\\", '"', "\\n", "\\u0041", "\\u00", "\\x", "\n", "\u007f", "\ud83d", "é");
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = `"${pieces.join("")}"`;
        const parsed = parseExactJson(text);
        expect(parsed.ok ? { text: parsed.value.kind === "string" && parsed.value.text } : undefined).toEqual(
          parseText(text),
        );
      }),
    );
  });

  test("makes the same tree from a value", () => {
    expect(formatJsonNode(toJsonNode({ a: ["1", 2, true, null], b: {} }))).toBe(
      '{\n  "a": [\n    "1",\n    2,\n    true,\n    null\n  ],\n  "b": {}\n}',
    );
  });
});

function parseText(text: string): { readonly text: unknown } | undefined {
  try {
    return { text: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
