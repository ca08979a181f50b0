import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { appRoots, changeConfigs, HOOK, hookConfig, hookVariables, restoreConfigs } from "./dotnet-hook.ts";
import { DISPLACED_KEY, parseDescription } from "./real-executable.ts";

const SHIM = 'C:\\Users\\ü "x"\\shims\\dotnet-isolated.cmd';

/** As the SDK writes it, with its own indentation. */
function config(defaultExecutablePath: string, language = "dotnet-isolated"): string {
  const description = {
    language,
    extensions: [".dll"],
    defaultExecutablePath,
    defaultWorkerPath: "App.dll",
    workerIndexing: "true",
  };
  return JSON.stringify({ description }, undefined, 2);
}

describe("the executable in a worker.config.json", () => {
  test.each(["dotnet", "{WorkerRoot}App", "{WorkerRoot}App.exe", 'C:\\a "b"\\App.exe'])(
    "becomes the shim, and %s stays beside it",
    (before) => {
      const description = parseDescription(hookConfig(config(before), SHIM) ?? "");
      expect(description).toEqual({
        ...parseDescription(config(SHIM)),
        [DISPLACED_KEY]: before,
      });
    },
  );

  test("is left where it is the shim already, of another language, or not there", () => {
    const hooked = hookConfig(config("dotnet"), SHIM) ?? "";
    for (const text of [hooked, config("node", "node"), "{}", "", "{"]) {
      expect(hookConfig(text, SHIM)).toBeUndefined();
    }
  });
});

describe("the build hook", () => {
  /** What MSBuild would do with the texts of the hook, by the same rules: a .NET regular expression knows this pattern, too. */
  function asBuilt(text: string, shim: string): string {
    const [, pattern = ""] = /<_InspectorPattern><!\[CDATA\[(.*)\]\]>/u.exec(HOOK) ?? [];
    const [, replacement = ""] = /<_InspectorNew><!\[CDATA\[(.*)\]\]>/u.exec(HOOK) ?? [];
    const { InspectorShim: variable = "" } = hookVariables({}, "/hook", shim);
    return text.replace(
      new RegExp(pattern, "u"),
      replacement.replace("$(InspectorShim)", () => variable),
    );
  }

  test.each([SHIM, "/state/50$ & $1/dotnet-isolated"])("writes what changing the file would: %s", (shim) => {
    for (const before of ["dotnet", "{WorkerRoot}App.exe"]) {
      const text = config(before);
      expect(parseDescription(asBuilt(text, shim))).toEqual(parseDescription(hookConfig(text, shim) ?? ""));
    }
  });

  test("follows both SDKs' targets, and leaves alone what is published", () => {
    const targets = [...HOOK.matchAll(/AfterTargets="(\w+)"/gu)].map(([, name]) => name);
    expect(targets).toEqual(["_FunctionsGenerateWorkerConfig", "_GenerateWorkerConfig"]);
    expect(HOOK.match(/'\$\(_IsPublishing\)' != 'true'/gu)).toHaveLength(2);
  });

  test("imports the user's own one", () => {
    const own = { CustomAfterMicrosoftCommonTargets: "/own.targets" };
    expect(hookVariables(own, "/hook", "/shim")).toEqual({
      CustomAfterMicrosoftCommonTargets: "/hook",
      InspectorShim: "/shim",
      InspectorNextTargets: "/own.targets",
    });
    const again = { CustomAfterMicrosoftCommonTargets: "/hook" };
    expect(hookVariables(again, "/hook", "/shim")["InspectorNextTargets"]).toBeUndefined();
  });
});

describe("an app that is not built", () => {
  let folder: string;
  const old = new Date("2026-01-02T03:04:05Z");

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "app of ü "));
    mkdirSync(join(folder, "kept"));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function output(...parts: readonly string[]): string {
    const path = join(folder, ...parts);
    mkdirSync(path, { recursive: true });
    const file = join(path, "worker.config.json");
    writeFileSync(file, config("dotnet"));
    utimesSync(file, old, old);
    return file;
  }

  const change = () => changeConfigs([folder], "/shim", join(folder, "kept"));

  test("has its output changed, so old that a build replaces it, and put back with its time", () => {
    const files = [output("bin", "Debug", "net8.0"), output("bin", "output")];
    output("node_modules", "x");
    const changed = change();
    expect(changed.map(({ file }) => file).sort()).toEqual(files.sort());
    for (const file of files) {
      expect(readFileSync(file, "utf8")).toContain(DISPLACED_KEY);
      expect(statSync(file).mtimeMs).toBeLessThan(old.getTime());
    }
    expect(change()).toEqual([]);
    restoreConfigs(changed);
    for (const file of files) {
      expect(readFileSync(file, "utf8")).toBe(config("dotnet"));
      expect(statSync(file).mtime).toEqual(old);
    }
  });

  test("that was built meanwhile keeps what was built", () => {
    const file = output("bin", "output");
    const changed = change();
    writeFileSync(file, config("{WorkerRoot}App"));
    restoreConfigs(changed);
    expect(readFileSync(file, "utf8")).toBe(config("{WorkerRoot}App"));
    rmSync(file);
    expect(() => restoreConfigs(changed)).not.toThrow();
  });

  test.skipIf(process.getuid?.() === 0)("whose output cannot be written is left alone", () => {
    const file = output("bin", "output");
    chmodSync(file, 0o400);
    expect(change()).toEqual([]);
    expect(readFileSync(file, "utf8")).toBe(config("dotnet"));
  });

  test("is where the command says", () => {
    expect(appRoots(["func", "start", "--script-root", "bin/out", "--prefix=/abs"], "/cwd")).toEqual([
      "/cwd",
      "/cwd/bin/out",
      "/abs",
    ]);
    expect(appRoots(["func", "--script-root"], "/cwd")).toEqual(["/cwd"]);
  });
});
