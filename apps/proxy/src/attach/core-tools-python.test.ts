import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { coreToolsPython, findOnPath } from "./core-tools-python.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pythons ü "));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function program(...parts: readonly string[]): string {
  const file = join(folder, ...parts);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, "", { mode: 0o755 });
  return file;
}

const path = (...names: readonly string[]): string => names.map((name) => join(folder, name)).join(delimiter);

describe.skipIf(process.platform === "win32")("the Python that Core Tools 4 takes", () => {
  test("is python3 before python, in the order of the PATH", () => {
    program("a", "python");
    const first = program("a", "python3");
    program("b", "python3");
    expect(coreToolsPython(path("none", "a", "b"))).toBe(first);
  });

  test("is that of an environment that is active", () => {
    const venv = program("venv", "bin", "python");
    program("usr", "python3.12");
    writeFileSync(join(folder, "venv", "pyvenv.cfg"), "home = /usr/bin\nversion = 3.11.7\n");
    expect(coreToolsPython(path("venv/bin", "usr"))).toBe(venv);
  });

  test("is not one whose version Functions does not know, if there is another", () => {
    program("usr", "python3.8");
    symlinkSync(join(folder, "usr", "python3.8"), join(folder, "usr", "python3"));
    const old = join(folder, "usr", "python3");
    expect(coreToolsPython(path("usr"))).toBe(old);
    const known = program("usr", "python3.13");
    expect(coreToolsPython(path("usr"))).toBe(known);
  });

  test("is none where there is none", () => {
    expect(coreToolsPython(path("usr"))).toBeUndefined();
    mkdirSync(join(folder, "usr", "python3"), { recursive: true });
    expect(findOnPath("python3", path("usr"))).toBeUndefined();
  });
});
