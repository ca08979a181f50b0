import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { diskBytes, removeSessionFiles, sessionBytes } from "./session-files.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "inspector-files-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a session goes with all that stands beside it, and nothing else does", () => {
  const file = join(folder, "a.inspector");
  const beside = ["-wal", "-shm", "-journal", "-text", "-text-wal", "-text-shm"];
  for (const name of [file, `${file}.part`, join(folder, "b.inspector"), ...beside.map((suffix) => file + suffix)]) {
    writeFileSync(name, "12345");
  }
  expect([sessionBytes(file), diskBytes(file)]).toEqual([35, 15]);
  removeSessionFiles(file);
  expect(readdirSync(folder).sort()).toEqual(["a.inspector.part", "b.inspector"]);
  expect(sessionBytes(file)).toBe(0);
});
