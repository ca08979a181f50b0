import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseHostJson, readAppEnvironment, readHostJson } from "./app-settings.ts";

describe("host.json", () => {
  test("that is empty means api, half an hour and five tries of 16 messages", () => {
    expect(parseHostJson({})).toEqual({
      isThere: true,
      routePrefix: "api",
      functionTimeout: 1_800_000,
      maxDequeueCount: 5,
      visibilityTimeout: 0,
      batchSize: 16,
    });
  });

  test("sets prefix, time-out and queue behaviour", () => {
    const extensions = {
      http: { routePrefix: "/v1/x/" },
      queues: { maxDequeueCount: 2, visibilityTimeout: "00:00:01", batchSize: 1 },
    };
    expect(parseHostJson({ functionTimeout: "00:00:05", extensions })).toEqual({
      isThere: true,
      routePrefix: "v1/x",
      functionTimeout: 5000,
      maxDequeueCount: 2,
      visibilityTimeout: 1000,
      batchSize: 1,
    });
  });

  test("may lift the time-out, but not misspell it", () => {
    expect(parseHostJson({ functionTimeout: "-1" }).functionTimeout).toBeUndefined();
    expect(() => parseHostJson({ functionTimeout: "soon" })).toThrow(/not a time span$/);
  });
});

describe("an app folder", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "app-settings-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test("needs neither host.json nor local.settings.json", async () => {
    expect(await readHostJson(folder)).toMatchObject({ routePrefix: "api", isThere: false });
    expect(await readAppEnvironment(folder, { A: "1" })).toEqual({ environment: { A: "1" }, warnings: [] });
  });

  test("adds the values of local.settings.json that the environment does not have", async () => {
    await writeFile(
      join(folder, "local.settings.json"),
      '{"Values": {"A": "file", "B": "file", "C": 3.0, "D": true, "E": null, "constructor": "d"}}',
    );
    expect(await readAppEnvironment(folder, { A: "own" })).toEqual({
      environment: { A: "own", B: "file", C: "3.0", D: "true", constructor: "d" },
      warnings: [],
    });
  });

  test("tells which values no environment variable can be, without quoting them", async () => {
    const values = { "": "s3cret", "X=Y": "s3cret", N: { s3cret: 1 }, L: ["s3cret"], Z: "s3cret\0", A: "1" };
    await writeFile(join(folder, "local.settings.json"), JSON.stringify({ Values: values }));
    const { environment, warnings } = await readAppEnvironment(folder, {});
    expect(environment).toEqual({ A: "1" });
    expect(warnings.map((text) => text.replace(/ in local.*/u, ""))).toEqual([
      'Warning: the name "" stands among the Values',
      'Warning: the name "X=Y" stands among the Values',
      "Warning: Values.N is an object",
      "Warning: Values.L is a list",
      "Warning: Values.Z has a zero character",
    ]);
    expect(warnings.join()).not.toContain("s3cret");
  });

  test("with encrypted values gets none of them, and is told", async () => {
    const content = JSON.stringify({ IsEncrypted: true, Values: { A: "s3cret==" } });
    await writeFile(join(folder, "local.settings.json"), content);
    expect(await readAppEnvironment(folder, { B: "1" })).toEqual({
      environment: { B: "1" },
      warnings: [expect.stringMatching(/local\.settings\.json is encrypted.*func settings decrypt/u)],
    });
  });

  test("may have files with comments and trailing commas, in UTF-16", async () => {
    await writeFile(join(folder, "local.settings.json"), Buffer.from('\u{feff}{"Values":{"A":"ä",},}', "utf16le"));
    await writeFile(join(folder, "host.json"), '{\n// the API\n"extensions":{"http":{"routePrefix":"v1",},},\n}');
    expect((await readAppEnvironment(folder, {})).environment).toEqual({ A: "ä" });
    expect((await readHostJson(folder)).routePrefix).toBe("v1");
  });

  test("with a broken host.json is refused, with the file's name and the place", async () => {
    await writeFile(join(folder, "host.json"), '{\n"version": 2.0\n"a": 1}');
    await expect(readHostJson(folder)).rejects.toThrow(/host\.json cannot be read as JSON: line 3, column 1: a comma/);
  });
});
