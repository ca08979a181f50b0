import { describe, expect, test } from "vitest";
import { DISPLACED_KEY, type ExecutableSources, findExecutable } from "./real-executable.ts";

const SHIMS = "/state/shims";

function find(language: string, sources: Partial<ExecutableSources> = {}): string | undefined {
  return findExecutable({
    language,
    environment: {},
    localSettings: {},
    workerConfig: undefined,
    workerDirectory: "/workers/w",
    isShim: (path) => path.startsWith(`${SHIMS}/`),
    ...sources,
  });
}

const config = (defaultExecutablePath: string, more: object = {}): string =>
  JSON.stringify({ description: { defaultExecutablePath, ...more } });

describe("the real executable", () => {
  test("is what the user has set, over all else", () => {
    const sources = {
      environment: { languageWorkers__node__defaultExecutablePath: "/opt/node18/bin/node" },
      localSettings: { "languageWorkers:node:defaultExecutablePath": "/not/this" },
      workerConfig: config("node"),
    };
    expect(find("node", sources)).toBe("/opt/node18/bin/node");
    expect(find("node", { ...sources, environment: {} })).toBe("/not/this");
  });

  test("is what the worker's own worker.config.json says where nobody has set anything", () => {
    expect(find("go", { workerConfig: config("/w/go-worker") })).toBe("/w/go-worker");
    expect(find("dotnet-isolated", { workerConfig: config("{WorkerRoot}App") })).toBe("/workers/w/App");
    expect(find("x", { workerConfig: config("%TOOLS%/x"), environment: { TOOLS: "/t" } })).toBe("/t/x");
  });

  test("is that of the first profile whose conditions hold, as its host reads them", () => {
    const profile = (conditionName: string, conditionExpression: string, defaultExecutablePath: string) => ({
      conditions: [{ conditionType: "environment", conditionName, conditionExpression }],
      description: { defaultExecutablePath },
    });
    const profiles = [profile("FAST", "^yes$", "fast"), profile("FAST", ".", "slow"), profile("BAD", "(", "never")];
    const workerConfig = JSON.stringify({ description: { defaultExecutablePath: "usual" }, profiles });
    const found = (environment: Record<string, string>) => find("x", { workerConfig, environment });
    expect([found({ FAST: "yes" }), found({ FAST: "no" }), found({})]).toEqual(["fast", "slow", "usual"]);
    expect(found({ BAD: "1" })).toBe("usual");
  });

  test("is what official workers start with where no file tells", () => {
    expect(["node", "python", "powershell", "dotnet-isolated", "native"].map((one) => find(one))).toEqual([
      "node",
      "python",
      "dotnet",
      "dotnet",
      "bin/app",
    ]);
    expect(find("java", { environment: { JAVA_HOME: "/jdk" } })).toBe("/jdk/bin/java");
    expect(find("java")).toBe("java");
    expect(find("cobol")).toBeUndefined();
    expect(find("constructor")).toBeUndefined();
  });

  test("is never the shim: where a build hook has put it, what stood there before", () => {
    const hooked = config(`${SHIMS}/dotnet-isolated`, { [DISPLACED_KEY]: "{WorkerRoot}App" });
    expect(find("dotnet-isolated", { workerConfig: hooked })).toBe("/workers/w/App");
    const own = { languageWorkers__node__defaultExecutablePath: `${SHIMS}/node` };
    expect(find("node", { environment: own })).toBe("node");
  });

  test("is found though worker.config.json is no JSON", () => {
    for (const workerConfig of ["", "{", "[]", '{"description": 1}', '{"description": {"defaultExecutablePath": 1}}']) {
      expect(find("node", { workerConfig })).toBe("node");
    }
  });
});
