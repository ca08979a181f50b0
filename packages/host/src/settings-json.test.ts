import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readJsonFile } from "./json.ts";
import { decodeSettings, parseSettingsJson, SettingsJsonError } from "./settings-json.ts";

const parse = (text: string): unknown => parseSettingsJson(text);

describe("a settings file", () => {
  test.each([
    ["comments", '// a\n{ /* b */ "a": 1, // c\n "b": [ /* d */ ] }', { a: 1, b: [] }],
    ["trailing commas", '{"a":[1,2,],"b":{"c":true,},}', { a: [1, 2], b: { c: true } }],
    ["escapes, and what looks like a comment in a text", '{"u":"http://\\u0061\\\\"}', { u: "http://a\\" }],
    ["tabs in texts", '{"a":"b\tc"}', { a: "b\tc" }],
    ["numbers", "[0, -1.5, 1e3, 12]", [0, -1.5, 1000, 12]],
    ["the same name twice: the last counts", '{"a":1,"a":2}', { a: 2 }],
    ["names that objects have", '{"constructor":1,"__proto__":2}', JSON.parse('{"constructor":1,"__proto__":2}')],
  ])("may have %s", (_, text, value) => {
    expect(parse(text)).toEqual(value);
  });

  test.each([
    ["a missing comma", '{\n"A":"s3cret"\n"B":"s3cret"\n}', 3, 1, /comma or }/],
    ["no JSON at all", "A=s3cret", 1, 1, /begins with {/],
    ["a missing colon", '{"A" "s3cret"}', 1, 6, /colon/],
    ["a name without quotes", "{\r\n  s3cret: 1}", 2, 3, /name in double quotes/],
    ["a value without quotes", '{"A": s3cret}', 1, 7, /value is expected/],
    ["a text that is not closed", '{"A": "s3cret\n}', 1, 7, /not closed/],
    ["a path with single backslashes", '{"A": "C:\\s3cret"}', 1, 7, /backslash/],
    ["a comment that is not closed", '{"A": 1 /* s3cret', 1, 9, /comment/],
    ["its end missing", '{"A": {"B": "s3cret"}', 1, 22, /ends before/],
    ["something behind its end", '{"A": 1}\n\ns3cret', 3, 1, /follow/],
    ["two commas", '{"A": 1,,"B": 2}', 1, 9, /name/],
    ["a number that is none", '{"A": 01}', 1, 7, /value/],
    ["nothing in it", " \n", 2, 1, /empty/],
    ["too many levels", "[".repeat(100_000), 1, 66, /64 levels/],
  ])("with %s is refused with the place, and nothing of it is quoted", (_, text, line, column, reason) => {
    expect(() => parse(text)).toThrow(SettingsJsonError);
    try {
      parse(text);
    } catch (error) {
      expect(error).toMatchObject({ line, column, message: expect.stringMatching(reason) });
      expect(String(error)).not.toContain("s3cret");
    }
  });

  test("gives numbers as they are written where settings are wanted", () => {
    const text = '{"a": 12345678901234567890, "b": 1.0, "c": [1e3]}';
    expect(parseSettingsJson(text, { numbersAsText: true })).toEqual({
      a: "12345678901234567890",
      b: "1.0",
      c: ["1e3"],
    });
  });
});

describe("the bytes of a settings file", () => {
  const text = '{"A":"ä€😀"}';
  const little = Buffer.from(text, "utf16le");
  test.each([
    ["UTF-8", Buffer.from(text)],
    ["UTF-8 with a byte order mark", Buffer.from(`\u{feff}${text}`)],
    ["UTF-16 LE with a byte order mark", Buffer.from(`\u{feff}${text}`, "utf16le")],
    ["UTF-16 LE", little],
    ["UTF-16 BE", Buffer.from(little).swap16()],
    ["UTF-16 BE with a byte order mark", Buffer.from(`\u{feff}${text}`, "utf16le").swap16()],
  ])("may be %s", (_, bytes) => {
    expect(decodeSettings(bytes)).toBe(text);
  });

  test("are refused in another encoding, with the place", () => {
    expect(() => decodeSettings(Buffer.from('{\n"A":"ä"}', "latin1"))).toThrow(
      /^line 2, column 6: .*save the file as UTF-8/,
    );
  });
});

test.skipIf(process.platform === "win32")(
  "a pipe in the place of a settings file is refused, not waited for",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "settings "));
    try {
      const file = join(folder, "host.json");
      execFileSync("mkfifo", [file]);
      await expect(readJsonFile(file)).rejects.toMatchObject({
        message: `${file} could not be read: it is no regular file`,
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
