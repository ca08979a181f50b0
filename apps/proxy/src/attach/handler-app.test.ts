import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { appFolders, attachedVariables, findInProcess, handlersFor } from "./environment.ts";
import { parseFromShim } from "./gate-messages.ts";
import { CUSTOM, describeHandlerApp, findHandler } from "./handler-app.ts";
import { RUN_VARIABLE } from "./settings.ts";
import { readCall, withHandlerPort } from "./shim/call.ts";

const SHIMS = "/state/shims";
const SETTING = "AzureFunctionsJobHost__customHandler__description__defaultExecutablePath";
const COLONS = SETTING.replaceAll("__", ":");

let app: string;

beforeEach(() => {
  app = mkdtempSync(join(tmpdir(), "handler app ü "));
});

afterEach(() => rmSync(app, { recursive: true, force: true }));

function write(files: Readonly<Record<string, unknown>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(app, name)), { recursive: true });
    writeFileSync(join(app, name), typeof content === "string" ? content : JSON.stringify(content));
  }
}

const described = (defaultExecutablePath: string, more: object = {}): object => ({
  customHandler: { description: { defaultExecutablePath, ...more } },
});

describe("the program of a custom handler", () => {
  const find = (environment = {}, localSettings = {}): string | undefined =>
    findHandler({ appRoot: app, environment, localSettings, isShim: (path) => path.startsWith(`${SHIMS}/`) });

  test("is what the user has set, then what host.json says, and never a shim", () => {
    write({
      "host.json": `{ // with a comment\n"customHandler": ${JSON.stringify(described("node")).slice(17, -1)} }`,
    });
    expect(find()).toBe("node");
    expect(find({ [SETTING]: `${SHIMS}/custom` }, { [SETTING]: "deno" })).toBe("deno");
    expect(find({ [SETTING]: "bun" }, { [SETTING]: "deno" })).toBe("bun");
    expect(find({ [SETTING]: "bun", [COLONS]: "python3" })).toBe("python3");
  });

  test("is a file of the app where there is one, else a name on the PATH", () => {
    write({ "host.json": described("%NAME%", { workerDirectory: "build" }), "build/handler": "" });
    expect(find({ NAME: "handler" })).toBe(join(app, "build", "handler"));
    expect(find({ NAME: "python3" })).toBe("python3");
  });

  test("may be described as httpWorker, after customHandler", () => {
    write({ "host.json": { httpWorker: { description: { defaultExecutablePath: "old" } } } });
    expect(find()).toBe("old");
    write({ "host.json": { httpWorker: { description: { defaultExecutablePath: "old" } }, ...described("new") } });
    expect(find()).toBe("new");
  });

  test("is not known where nothing says so", () => {
    expect(find()).toBeUndefined();
  });
});

describe("the shim of a custom handler", () => {
  const variables = {
    FUNCTIONS_CUSTOMHANDLER_PORT: "7071",
    FUNCTIONS_HTTPWORKER_PORT: "7071",
    FUNCTIONS_CUSTOMHANDLER_WORKER_ID: "w-1",
    [SETTING]: `${SHIMS}/custom`,
    OWN: "yes",
  };
  const settings = JSON.stringify({ socket: "/gate", before: { [SETTING]: null, [RUN_VARIABLE]: null } });

  test("knows its port and its app, and what is not the handler's", () => {
    write({ "host.json": described("python3") });
    const given = { ...variables, FUNCTIONS_APP_ROOT_PATH: app, [RUN_VARIABLE]: settings };
    const call = readCall(`${SHIMS}/custom`, ["handler.py"], given, "/elsewhere");
    expect(call).toMatchObject({
      executable: "python3",
      args: ["handler.py"],
      handler: { port: 7071, workerId: "w-1", appRoot: app },
    });
    expect(Object.keys(call.environment)).not.toContain(SETTING);
    expect(Object.keys(call.environment)).not.toContain(RUN_VARIABLE);
    expect(withHandlerPort(call.environment, 9000)).toMatchObject({
      FUNCTIONS_CUSTOMHANDLER_PORT: "9000",
      FUNCTIONS_HTTPWORKER_PORT: "9000",
      OWN: "yes",
    });
  });

  test("steps aside where no host has told it a port", () => {
    expect(readCall(`${SHIMS}/custom`, [], { PATH: "" }, app)).not.toHaveProperty("handler");
    expect(withHandlerPort({ OWN: "yes" }, 9000)).toEqual({ OWN: "yes" });
  });

  test("says to the run where it stands, in numbers that are ports", () => {
    const hello = { type: "hello", language: "custom", args: [], cwd: "/", pid: 1, parent: 2, variables: {} };
    const handler = { port: 7071, workerId: "w", appRoot: "/app" };
    expect(parseFromShim({ ...hello, handler })).toMatchObject({ handler });
    expect(parseFromShim({ ...hello, handler: { ...handler, port: 70_000 } })).not.toHaveProperty("handler");
  });
});

describe("a run", () => {
  const shims = {
    folder: SHIMS,
    executable: (name: string) => `${SHIMS}/${name}`,
    pythonLauncher: `${SHIMS}/launch.py`,
    dotnetHook: `${SHIMS}/hook.targets`,
  };
  const variablesFor = (environment: Record<string, string>, folders: readonly string[], isNamed = false) =>
    attachedVariables(environment, [], shims, { socket: "/gate" }, handlersFor(folders, isNamed)).variables;

  test("makes no custom handler of an app that is none", () => {
    write({ "host.json": { version: "2.0" } });
    expect(Object.keys(variablesFor({}, [app]))).toEqual([RUN_VARIABLE]);
  });

  test("puts the shim in the place of the handler that host.json describes, under the name that the user chose, too", () => {
    write({ "host.json": described("python3") });
    expect(variablesFor({}, [app])).toMatchObject({ [SETTING]: `${SHIMS}/${CUSTOM}` });
    expect(Object.keys(variablesFor({}, [app]))).not.toContain(COLONS);
    expect(variablesFor({ [COLONS]: "deno" }, [app])).toMatchObject({ [COLONS]: `${SHIMS}/${CUSTOM}` });
    write({ "host.json": { httpWorker: {} } });
    expect(Object.keys(variablesFor({}, [app]))).toContain(SETTING.replace("customHandler", "httpWorker"));
    expect(Object.keys(variablesFor({}, [], true))).toContain(SETTING);
  });

  test("looks for apps where the command runs and where its arguments lead", () => {
    write({ "host.json": "{}" });
    expect(appFolders(["func", "start"], app)).toEqual([app]);
    expect(appFolders(["func", "start", `--script-root=${app}`], "/")).toEqual([app]);
    expect(appFolders(["inspector", "host", app, "--http", "0"], "/")).toEqual([app]);
    expect(appFolders(["npm", "start"], tmpdir())).toEqual([]);
  });

  test("knows an app of in-process .NET by its settings", () => {
    write({ "host.json": "{}", "local.settings.json": { Values: { FUNCTIONS_WORKER_RUNTIME: "dotnet" } } });
    expect(findInProcess([app], {})).toBe(app);
    expect(findInProcess([app], { FUNCTIONS_WORKER_RUNTIME: "dotnet-isolated" })).toBeUndefined();
    expect(findInProcess([], { FUNCTIONS_WORKER_RUNTIME: "dotnet" })).toBeUndefined();
  });
});

describe("what is recorded of an app", () => {
  test("are its functions, and how requests find them", () => {
    write({
      "host.json": { ...described("x"), extensions: { http: { routePrefix: "/v1/" } } },
      "hello/function.json": {
        bindings: [{ type: "httpTrigger", direction: "in", name: "req", route: "greet", authLevel: "function" }],
      },
      "broken/function.json": "{",
      "node_modules/package.json": {},
    });
    expect(describeHandlerApp(app)).toEqual({
      functions: [{ name: "hello", route: "greet", bindings: [{ type: "httpTrigger", direction: "in", name: "req" }] }],
      routePrefix: "v1",
      isForwarding: false,
    });
  });

  test("is that callers' own requests are passed on, where host.json says so, and for every httpWorker", () => {
    write({ "host.json": { customHandler: { enableForwardingHttpRequest: true } } });
    expect(describeHandlerApp(app)).toMatchObject({ isForwarding: true, routePrefix: "api" });
    write({ "host.json": { httpWorker: {} } });
    expect(describeHandlerApp(app)).toMatchObject({ isForwarding: true });
  });
});
