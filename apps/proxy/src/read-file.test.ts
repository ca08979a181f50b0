/** What stands where a settings file is looked for: a pipe, of which reading never ends, costs nobody anything. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findInProcess, handlersFor } from "./attach/environment.ts";
import { describeHandlerApp } from "./attach/handler-app.ts";
import { hostLimitsIn } from "./attach/host-limits.ts";
import { missingOf } from "./attach/missing-modules.ts";
import { readPlainFile, readPlainText } from "./read-file.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "read file "));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a file is read as it is, and one that no settings have is not", () => {
  const file = join(folder, "a.json");
  writeFileSync(file, "ü\n");
  expect(readPlainText(file)).toBe("ü\n");
  truncateSync(file, 16 * 1024 * 1024 + 1);
  expect(() => readPlainFile(file)).toThrow(/more than/u);
  expect(() => readPlainFile(join(folder, "none"))).toThrow(/ENOENT/u);
});

describe.skipIf(process.platform === "win32")("a pipe", () => {
  test("is not read in the place of a file of settings", () => {
    for (const name of ["host.json", "local.settings.json", "package.json", "function.json"]) {
      execFileSync("mkfifo", [join(folder, name)]);
    }
    expect(() => readPlainFile(join(folder, "host.json"))).toThrow(/no regular file/u);
    expect(findInProcess([folder], {})).toBeUndefined();
    expect(handlersFor([folder], false)).toEqual([]);
    expect(missingOf(folder)).toEqual({});
    expect(describeHandlerApp(folder)["functions"]).toEqual([]);
    expect(hostLimitsIn([folder], {})).toEqual({});
  });
});
