import { describe, expect, test } from "vitest";
import { lookUp, parseLocalSettings, parseRunSettings, settingNames } from "./settings.ts";

describe("a setting of a language worker", () => {
  const names = settingNames("python", "defaultExecutablePath");

  test("is taken from the name with colons first, as hosts do", () => {
    const variables = {
      languageWorkers__python__defaultExecutablePath: "underscores",
      "languageWorkers:python:defaultExecutablePath": "colons",
    };
    expect(lookUp(variables, names)).toBe("colons");
  });

  test("is found in any case, and not where it is empty", () => {
    expect(lookUp({ LANGUAGEWORKERS__PYTHON__DEFAULTEXECUTABLEPATH: "x" }, names)).toBe("x");
    expect(lookUp({ "languageWorkers:python:defaultExecutablePath": "" }, names)).toBeUndefined();
    expect(lookUp({}, ["constructor"])).toBeUndefined();
  });
});

test("local.settings.json is read with comments, trailing commas and a byte order mark", () => {
  const text = `\u{feff}{
    // "Values": {"a": "not this"},
    "IsEncrypted": false, /* nor this */
    "Values": { "a": "http://x/*y*/", "n": 1, "b": true, "o": {}, "e": "\\"//", },
  }`;
  expect(parseLocalSettings(text)).toEqual({ a: "http://x/*y*/", n: "1", b: "true", e: '"//' });
});

test.each(["", "{", "[]", "null", '{"IsEncrypted": true, "Values": {"a": "x"}}', '{"Values": 1}'])(
  "local.settings.json of %j has no values",
  (text) => {
    expect(parseLocalSettings(text)).toEqual({});
  },
);

test("what run lays down is read again, and other text is not", () => {
  const settings = { socket: "/a b/ü.sock", before: { A: "1", B: null }, hasCommand: true };
  expect(parseRunSettings(JSON.stringify(settings))).toEqual(settings);
  expect(parseRunSettings(JSON.stringify({ socket: "/s", before: { A: 1 } }))).toEqual({
    socket: "/s",
    before: {},
    hasCommand: false,
  });
  for (const text of [undefined, "", "{}", "null", '{"socket":1}']) {
    expect(parseRunSettings(text)).toBeUndefined();
  }
});
