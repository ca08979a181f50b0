import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { chooseWorker } from "./app-language.ts";
import { readAppEnvironment } from "./app-settings.ts";
import { createConfiguration } from "./configuration.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "app-language-"));
});
afterEach(() => rm(folder, { recursive: true }));

type Files = Readonly<Record<string, string>>;

/** The worker's folder, or why there is none. */
async function judge(files: Files, given: Readonly<Record<string, string>> = {}): Promise<string> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  const { environment } = await readAppEnvironment(folder, given);
  const configuration = createConfiguration({ environment });
  return await chooseWorker({ directory: folder, environment, configuration, nodeWorkerDirectory: "NODE" }).catch(
    (error: Error) => error.message,
  );
}

const settings = (runtime: string): Files => ({
  "local.settings.json": JSON.stringify({ Values: { FUNCTIONS_WORKER_RUNTIME: runtime } }),
});
const PYTHON = "This is a Python app (function_app.py): name its worker with --worker DIR";

describe("the language of an app", () => {
  test.each<[string, Files, string]>([
    ["Python by its settings", settings("python"), "This is a Python app (FUNCTIONS_WORKER_RUNTIME): name its worker"],
    ["Java by its settings", settings("Java"), "This is a Java app"],
    [".NET by its settings", settings("dotnet-isolated"), "This is a .NET app"],
    ["one that nobody knows", settings("elixir"), "This is an elixir app"],
    ["in-process .NET", settings("dotnet"), "it has no worker"],
    ["a custom handler that host.json does not describe", settings("custom"), "and its host.json describes none"],
    ["Python by its file", { "function_app.py": "", "package.json": "{}" }, PYTHON],
    ["Python by a script", { "a/function.json": '{"scriptFile":"__init__.py"}' }, "Python app (a/function.json)"],
    ["Python by the file beside function.json", { "a/function.json": "{}", "a/__init__.py": "" }, "Python app"],
    ["Java by its .jar", { "a/function.json": '{"scriptFile":"../app.jar"}' }, "Java app (a/function.json)"],
    ["Java that is not built", { "pom.xml": "" }, "Java app (pom.xml)"],
    ["PowerShell", { "profile.ps1": "" }, "PowerShell app"],
    [".NET that is built", { "worker.config.json": "{}" }, ".NET app (worker.config.json)"],
    ["Go", { "go.mod": "" }, "Go app"],
  ])("is %s", async (_, files, message) => {
    expect(await judge(files)).toContain(message);
  });

  test.each<[string, Files]>([
    ["its settings say so, whatever lies there", { ...settings("node"), "function_app.py": "", "pom.xml": "" }],
    ["nothing speaks against it", { "host.json": '{"customHandler":{}}', "package.json": "{}" }],
    ["its scripts are JavaScript", { "a/function.json": '{"scriptFile":"index.js"}', "a/x.py": "" }],
    ["a function.json is broken", { "a/function.json": "{" }],
  ])("is Node.js where %s", async (_, files) => {
    expect(await judge(files)).toBe("NODE");
  });

  test("other than JavaScript has the worker that a setting names", async () => {
    const given = { languageWorkers__python__workerDirectory: "/workers/python" };
    expect(await judge({ "function_app.py": "" }, given)).toBe("/workers/python");
    expect(await judge({}, { languageWorkers__java__workerDirectory: "/workers/java" })).toContain("Python app");
  });

  test("is what the environment says, before local.settings.json", async () => {
    expect(await judge(settings("node"), { FUNCTIONS_WORKER_RUNTIME: "python" })).toContain("This is a Python app");
  });
});
