import { describe, expect, test } from "vitest";
import { visibleJson, visibleLine, visibleText } from "./visible-text.ts";

/** Everything that a terminal or a browser would obey. */
const OBEYED = [
  ...Array.from({ length: 0x20 }, (_, code) => code),
  ...Array.from({ length: 0xa0 - 0x7f }, (_, n) => 0x7f + n),
  0x61c,
  0x200e,
  0x200f,
  0x2028,
  0x2029,
  ...[0x202a, 0x202b, 0x202c, 0x202d, 0x202e],
  ...[0x2066, 0x2067, 0x2068, 0x2069],
].map((code) => String.fromCharCode(code));

describe("text that is shown", () => {
  test("has a sign for every character that would be obeyed", () => {
    expect(visibleText("\u001b[31mred\u0007 \u009b31m \u202etxt.exe \u007f a\rb")).toBe(
      "␛[31mred␇ <U+009B>31m <U+202E>txt.exe ␡ a␍b",
    );
    for (const character of OBEYED) {
      expect(visibleLine(character), JSON.stringify(character)).not.toContain(character);
    }
  });

  test("keeps line breaks and tabs, unless it has to stay on one line", () => {
    expect(visibleText("a\n\tb")).toBe("a\n\tb");
    expect(visibleLine("a\n\tb")).toBe("a␊␉b");
  });

  test("has a sign for what nobody would see", () => {
    expect(visibleText("pass\u200bword ad\u2060min \ufeffx so\u00adft a\u200db\u200c \u{e0041}")).toBe(
      "pass<U+200B>word ad<U+2060>min <U+FEFF>x so<U+00AD>ft a<U+200D>b<U+200C> <U+E0041>",
    );
  });

  test("keeps every letter, joined emoji too", () => {
    for (const text of [
      "grüße, 你好, שלום, مرحبا, नमस्ते",
      "👩‍👩‍👧",
      "a\u0301 \u00a0",
      "می\u200cخواهم",
      "🏴\u{e0067}\u{e0062}\u{e007f}",
    ]) {
      expect(visibleLine(text)).toBe(text);
    }
  });
});

test("JSON keeps its value and says all of them by number", () => {
  for (const value of [OBEYED, { [OBEYED.join("")]: OBEYED.join("") }]) {
    const json = visibleJson(JSON.stringify(value));
    expect(JSON.parse(json)).toEqual(value);
    expect(json).toMatch(/^[ -~]*$/u);
  }
  expect(visibleJson(JSON.stringify({ a: "\u202e" }, undefined, 2))).toBe('{\n  "a": "\\u202e"\n}');
});
