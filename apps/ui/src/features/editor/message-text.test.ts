import { describe, expect, test } from "vitest";
import { formatMessage, isSameMessage, readMessageText } from "./message-text.ts";

describe("the text of a message", () => {
  test("says what it said after reading it again, unknown fields and keys of any name included", () => {
    const message = { requestId: "r", rpcLog: { level: "Error", __proto: 1 }, $unknown: { "1999": "AP8=" } };
    expect(readMessageText(formatMessage(message))).toEqual({ ok: true, value: message });
    const read = readMessageText('{"__proto__": {"a": 1}}');
    expect(read.ok && JSON.stringify(read.value)).toBe('{"__proto__":{"a":1}}');
  });

  test("keeps integers that a double cannot hold", () => {
    expect(readMessageText('{"int": 9007199254740993, "double": 0.1, "small": -5}')).toEqual({
      ok: true,
      value: { int: "9007199254740993", double: 0.1, small: -5 },
    });
  });

  test("says where it stops being JSON", () => {
    expect(readMessageText('{"a": }')).toMatchObject({ ok: false, offset: 6 });
  });
});

describe("two messages are the same", () => {
  test("whatever the order of keys, and not where anything differs", () => {
    expect(isSameMessage({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 })).toBe(true);
    expect(isSameMessage({ a: undefined }, {})).toBe(false);
    expect(isSameMessage([1], { 0: 1 })).toBe(false);
    expect(isSameMessage({ a: 1 }, { a: "1" })).toBe(false);
  });
});
