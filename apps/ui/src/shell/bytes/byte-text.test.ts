import { expect, test } from "vitest";
import { decodeText, formatHexLine, formatHexLines, offsetDigits, spanInLine } from "./byte-text.ts";

const bytes = Uint8Array.from({ length: 20 }, (_, index) => index + 0x58);

test("writes a line of hex as offset, two groups and printable characters", () => {
  expect(formatHexLine(0x1f0, bytes.subarray(0, 16), 6)).toEqual({
    offset: "0001f0",
    hex: "58 59 5a 5b 5c 5d 5e 5f  60 61 62 63 64 65 66 67",
    text: "XYZ[\\]^_`abcdefg",
  });
});

test("writes the last line as far as it goes", () => {
  const lines = formatHexLines(bytes);
  expect(lines).toHaveLength(2);
  expect(lines[1]).toEqual({ offset: "0010", hex: "68 69 6a 6b", text: "hijk" });
});

test("gives offsets the digits that the last one needs", () => {
  expect([0, 1, 65_536, 65_537, 268_435_456].map(offsetDigits)).toEqual([4, 4, 4, 6, 8]);
});

test("distinguishes text from bytes that happen to be valid UTF-8", () => {
  expect(decodeText(new TextEncoder().encode("Grüße\t🚀\n"))).toBe("Grüße\t🚀\n");
  expect(decodeText(Uint8Array.of(0x41, 0x00, 0x42))).toBeUndefined();
  expect(decodeText(Uint8Array.of(0xff, 0xfe))).toBeUndefined();
});

test("finds a span of bytes in the characters of a line", () => {
  const { hex, text } = formatHexLine(
    32,
    Uint8Array.from({ length: 16 }, (_, index) => 0x41 + index),
    4,
  );
  const span = spanInLine(32, { from: 39, to: 41 });
  expect(hex.slice(...(span?.hex ?? []))).toBe("48  49");
  expect(text.slice(...(span?.text ?? []))).toBe("HI");
  expect(spanInLine(32, { from: 0, to: 99 })).toEqual({ hex: [0, 48], text: [0, 16] });
  expect(spanInLine(32, { from: 0, to: 32 })).toBeUndefined();
  expect(spanInLine(32, { from: 48, to: 50 })).toBeUndefined();
});
