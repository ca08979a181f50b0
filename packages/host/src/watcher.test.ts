import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createDeferred } from "./time-limit.ts";
import { type AppWatcher, isRestartCause, watchApp } from "./watcher.ts";

describe("a change", () => {
  test.each([
    ["src/a.js", true],
    ["host.json", true],
    ["Hello/function.json", true],
    ["README.md", false],
    ["data.json", false],
  ])("of %s restarts an app of .js files: %s", (path, expected) => {
    expect(isRestartCause(path, [".js"])).toBe(expected);
  });
});

describe("watching an app", () => {
  let folder = "";
  let watcher: AppWatcher | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "watcher-"));
  });
  afterEach(async () => {
    watcher?.close();
    await rm(folder, { recursive: true });
  });

  test("reports many changes at once as one, also in folders that are new, but not in node_modules", async () => {
    const reported: string[] = [];
    const first = createDeferred<void>();
    watcher = await watchApp(
      folder,
      () => [".js"],
      (path) => {
        reported.push(path);
        first.resolve();
      },
    );
    await mkdir(join(folder, "node_modules"));
    await writeFile(join(folder, "node_modules", "x.js"), "");
    await mkdir(join(folder, "new", "deeper"), { recursive: true });
    await writeFile(join(folder, "new", "deeper", "a.js"), "1");
    await first.promise;
    expect(reported).toEqual([join(folder, "new", "deeper", "a.js")]);
  });
});
