import { describe, expect, test } from "vitest";
import { parseFilter } from "./parse.ts";
import { compileExpression } from "./regex.ts";

describe("a regular expression", () => {
  test.each([
    "(a+)+$",
    "(a|aa)+$",
    "(.*a){20}$",
    "(?:a?){30}a{30}$",
    "^(?:(?:a+)*)*b",
    "a*a*a*a*a*a*a*a*a*b",
    "([a-z]+)*[0-9]",
  ])("that backtracks for ever elsewhere answers: /%s/", (source) => {
    expect(compileExpression(source).test(`${"a".repeat(200)}!`)).toBe(false);
  });

  test.each([
    ["timed? out", "the request TIME OUT", true],
    ["^GET /api", "GET /api/hello", true],
    ["^GET /api$", "GET /api/hello", false],
    ["\\d{3}", "status 404", true],
    ["\\u0041\\x42", "xaby", true],
    ["(?<code>5\\d\\d)", "502", true],
    ["a.c", "a\nc", false],
    ["sku-[0-9a-f]{3}7", "SKU-1f37", true],
    ["[^]x", "\nx", true],
  ])("/%s/ on %j gives %s, without regard to case", (source, text, expected) => {
    expect(compileExpression(source).test(text)).toBe(expected);
  });

  test.each(["(?=a)b", "(?<=a)b", "(?!a)b", "(a)\\1"])(
    "that only backtracking can answer is refused: /%s/",
    (source) => {
      expect(parseFilter(`/${source}/`)).toMatchObject({ ok: false, message: expect.stringContaining("look-around") });
    },
  );
});
