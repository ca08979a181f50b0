import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createConfiguration } from "./configuration.ts";
import type { JsonObject } from "./json.ts";
import { loadWorkerConfig, resolveWorkerConfig, type Surroundings } from "./worker-config.ts";

const description = { language: "node", extensions: [".js"], defaultExecutablePath: "node", defaultWorkerPath: "w.js" };

function around(environment: Record<string, string> = {}, args: readonly string[] = []): Surroundings {
  return {
    environment,
    configuration: createConfiguration({ environment, arguments: args }),
    platform: "linux",
    architecture: "x64",
  };
}

function read(content: JsonObject, surroundings: Surroundings = around()) {
  return resolveWorkerConfig("/workers/node", content, surroundings);
}

describe("a worker.config.json", () => {
  test("gives the executable, the absolute worker path and the host's own limits", () => {
    expect(read({ description })).toEqual({
      language: "node",
      extensions: [".js"],
      workerDirectory: "/workers/node",
      executable: "node",
      executableSource: "defaultExecutablePath in worker.config.json",
      executableArguments: [],
      workerPath: "/workers/node/w.js",
      runtimeVersion: undefined,
      isIndexing: false,
      processOptions: {
        processCount: 1,
        processStartupTimeout: 60_000,
        initializationTimeout: 10_000,
        environmentReloadTimeout: 30_000,
        processStartupInterval: 10_000,
        processRestartInterval: 10_000,
        processShutdownTimeout: 10_000,
      },
    });
  });

  test("may set limits of its own and say that the worker indexes", () => {
    const content = {
      description: { ...description, workerIndexing: "true" },
      processOptions: { initializationTimeout: "00:02:00", processCount: 4 },
    };
    expect(read(content)).toMatchObject({
      isIndexing: true,
      processOptions: { initializationTimeout: 120_000, processCount: 4 },
    });
  });

  test("may use placeholders for system, architecture, version and variables", () => {
    const content = {
      description: {
        ...description,
        defaultExecutablePath: "%JAVA_HOME%/bin/java",
        defaultWorkerPath: "%FUNCTIONS_WORKER_RUNTIME_VERSION%/{os}/{architecture}/w.py",
        arguments: ["-Dx=%NOT_SET%", "{workerDirectoryPath}"],
        defaultRuntimeVersion: "3.11",
      },
    };
    expect(read(content, around({ JAVA_HOME: "/opt/java" }))).toMatchObject({
      executable: "/opt/java/bin/java",
      workerPath: "/workers/node/3.11/LINUX/X64/w.py",
      executableArguments: ["-Dx=", "/workers/node"],
    });
  });

  test("takes the runtime version of the environment after cleaning it, and refuses one that it does not support", () => {
    const content = {
      description: {
        ...description,
        sanitizeRuntimeVersionRegex: "\\d+\\.\\d+",
        supportedRuntimeVersions: ["3.11", "3.12"],
      },
    };
    const version = (text: string) => around({ FUNCTIONS_WORKER_RUNTIME_VERSION: text });
    expect(read(content, version("3.12.4")).runtimeVersion).toBe("3.12");
    expect(() => read(content, version("2.7"))).toThrow(/does not support runtime version 2.7/);
  });

  test("applies the first profile whose conditions hold", () => {
    const profile = (name: string, conditionExpression: string, conditionType = "environment") => ({
      profileName: name,
      conditions: [
        { conditionType, conditionName: conditionType === "environment" ? "MODE" : "platform", conditionExpression },
      ],
      description: { defaultExecutablePath: name },
    });
    const content = { description, profiles: [profile("one", "^fast$"), profile("two", "linux", "hostProperty")] };
    expect(read(content, around({ MODE: "fast" })).executable).toBe("one");
    expect(read(content).executable).toBe("two");
  });

  test.each([
    [{}, /names no language/],
    [{ description: { language: "node" } }, /names no defaultExecutablePath/],
    [{ description: { ...description, isDisabled: true } }, /disabled/],
    [{ description, processOptions: { initializationTimeout: "soon" } }, /not a time span/],
  ])("%j is refused", (content, message) => {
    expect(() => read(content)).toThrow(message);
  });
});

describe("a user's settings", () => {
  test("replace the executable and append arguments, split at blanks", () => {
    const environment = { languageWorkers__node__defaultExecutablePath: "/shim" };
    const content = { description: { ...description, arguments: ["--a"] } };
    const config = read(content, around(environment, ["/languageWorkers:node:arguments= --inspect=5858  --b"]));
    expect(config).toMatchObject({ executable: "/shim", executableArguments: ["--a", "--inspect=5858", "--b"] });
  });
});

describe("loading a worker folder", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "worker-config-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function write(name: string, content: JsonObject, files: readonly string[]): Promise<string> {
    const directory = join(folder, name);
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, "worker.config.json"), `\uFEFF${JSON.stringify(content)}`);
    await Promise.all(files.map((file) => writeFile(join(directory, file), "")));
    return directory;
  }

  test("fails with a hint when the folder describes no worker or the worker is not built", async () => {
    await expect(loadWorkerConfig(folder, around())).rejects.toMatchObject({ code: "worker-config-missing" });
    const unbuilt = await write("unbuilt", { description }, []);
    await expect(loadWorkerConfig(unbuilt, around())).rejects.toMatchObject({ code: "worker-missing" });
  });

  test("follows languageWorkers:<language>:workerDirectory to another folder", async () => {
    const mine = await write("mine", { description }, ["w.js"]);
    const other = await write("other", { description }, ["w.js"]);
    const config = await loadWorkerConfig(mine, around({ "languageWorkers:node:workerDirectory": other }));
    expect(config.workerPath).toBe(join(other, "w.js"));
  });
});
