import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { copyBytes, readText, shortLength, writeShort } from "./wire-text.ts";

const UTF8 = new TextEncoder();

/** What is written in front of it and behind it stays. */
function written(text: string): Uint8Array | undefined {
  const length = shortLength(text);
  if (length === undefined) {
    return undefined;
  }
  const bytes = new Uint8Array(length + 2).fill(0xff);
  expect(writeShort(text, bytes, 1)).toBe(length + 1);
  expect([bytes[0], bytes[length + 1]]).toEqual([0xff, 0xff]);
  return bytes.slice(1, -1);
}

describe("a text of a message", () => {
  test.each([
    "",
    "customer-17",
    "‹secret-3:x-functions-key›",
    "Grüße",
    "\u0000\u007f\u0080\u07ff\u0800\ud7ff\ue000\uffff",
  ])("%j is written and read as UTF-8 has it", (text) => {
    expect(written(text)).toEqual(UTF8.encode(text));
    const bytes = UTF8.encode(`<${text}>`);
    expect(readText(bytes, 1, bytes.length - 1)).toBe(text);
  });

  test("of any characters is, too, or is left to the encoder", () => {
    const text = fc.string({
      unit: fc.constantFrom("a", "\u007f", "\u0080", "ß", "‹", "\uffff", "\ud800", "\udc00", "😀"),
    });
    fc.assert(
      fc.property(text, (value) => {
        expect(written(value) ?? UTF8.encode(value)).toEqual(UTF8.encode(value));
      }),
    );
    expect([shortLength("😀"), shortLength("\ud800"), shortLength("a".repeat(65))]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test("is the one that stands there, whatever was read before", () => {
    const texts = Array.from({ length: 20_000 }, (_, n) => (n % 3 === 0 ? `order ${n % 7}` : `order ${n}`));
    for (const text of texts) {
      const bytes = UTF8.encode(text);
      expect(readText(bytes, 0, bytes.length)).toBe(text);
    }
  });

  test("is none where its bytes are not UTF-8", () => {
    expect(readText(new Uint8Array([0x61, 0xff, 0x62]), 0, 3)).toBeUndefined();
    expect(readText(new Uint8Array(100).fill(0xc0), 0, 100)).toBeUndefined();
  });
});

test.each([0, 3, 64, 65, 200])("%i bytes are copied to their place", (count) => {
  const bytes = Uint8Array.from({ length: 300 }, (_, at) => at);
  const to = new Uint8Array(300);
  expect(copyBytes(bytes, 10, 10 + count, to, 5)).toBe(5 + count);
  expect(to.subarray(5, 5 + count)).toEqual(bytes.subarray(10, 10 + count));
  expect(to.subarray(5 + count).every((byte) => byte === 0)).toBe(true);
});
