import { describe, expect, test } from "vitest";
import { createConfiguration } from "./configuration.ts";

const KEY = "languageWorkers:node:arguments";

describe("a setting", () => {
  test("is found in nested and in flat JSON", () => {
    const nested = { languageWorkers: { node: { arguments: "--inspect=5858", tries: 3 } } };
    expect(createConfiguration({ json: nested }).get(KEY)).toBe("--inspect=5858");
    expect(createConfiguration({ json: nested }).get("languageWorkers:node:tries")).toBe("3");
    expect(createConfiguration({ json: { [KEY]: "a" } }).get(KEY)).toBe("a");
  });

  test("is found in the environment with colons or double underscores, and colons win", () => {
    expect(createConfiguration({ environment: { languageWorkers__node__arguments: "b" } }).get(KEY)).toBe("b");
    const both = { [KEY]: "colons", languageWorkers__node__arguments: "underscores" };
    expect(createConfiguration({ environment: both }).get(KEY)).toBe("colons");
  });

  test.each([
    [[`/${KEY}=--inspect=1`]],
    [[`--${KEY}=--inspect=1`]],
    [[`${KEY}=--inspect=1`]],
    [[`/${KEY}`, "--inspect=1"]],
    [["ignored", `--${KEY}`, "--inspect=1"]],
  ])("is read from the command line %j", (args) => {
    expect(createConfiguration({ arguments: args }).get(KEY)).toBe("--inspect=1");
  });

  test("of the command line wins over the environment, which wins over JSON", () => {
    const sources = { json: { [KEY]: "json" }, environment: { [KEY]: "environment" } };
    expect(createConfiguration(sources).get(KEY)).toBe("environment");
    expect(createConfiguration({ ...sources, arguments: [`/${KEY}=line`] }).get(KEY)).toBe("line");
  });

  test("is found in any case", () => {
    expect(createConfiguration({ environment: { LANGUAGEWORKERS__NODE__ARGUMENTS: "x" } }).get(KEY)).toBe("x");
  });
});
