import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseHostJson, readAppEnvironment, readHostJson } from "./app-settings.ts";

describe("host.json", () => {
  test("that is empty means api, half an hour and five tries of 16 messages", () => {
    expect(parseHostJson({})).toEqual({
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
      routePrefix: "v1/x",
      functionTimeout: 5000,
      maxDequeueCount: 2,
      visibilityTimeout: 1000,
      batchSize: 1,
    });
  });

  test("may lift the time-out, but not misspell it", () => {
    expect(parseHostJson({ functionTimeout: "-1" }).functionTimeout).toBeUndefined();
    expect(() => parseHostJson({ functionTimeout: "soon" })).toThrow(/not a time span: soon/);
  });
});

describe("an app folder", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "app-settings-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test("needs neither host.json nor local.settings.json", async () => {
    expect((await readHostJson(folder)).routePrefix).toBe("api");
    expect(await readAppEnvironment(folder, { A: "1" })).toEqual({ A: "1" });
  });

  test("adds the values of local.settings.json that the environment does not have", async () => {
    await writeFile(
      join(folder, "local.settings.json"),
      JSON.stringify({ Values: { A: "file", B: "file", C: 3, constructor: "d" } }),
    );
    expect(await readAppEnvironment(folder, { A: "own" })).toEqual({ A: "own", B: "file", C: "3", constructor: "d" });
  });

  test("with a broken host.json is refused, with the file's name", async () => {
    await writeFile(join(folder, "host.json"), "{");
    await expect(readHostJson(folder)).rejects.toThrow(/host\.json is not JSON/);
  });
});
