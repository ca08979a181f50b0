import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { changedAt, diskBytes, removeSessionFiles, sessionBytes } from "./session-files.ts";

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

test("a session changed when its log did, unless the log is empty", () => {
  const file = join(folder, "a.inspector");
  expect(changedAt(file, 1000)).toBe(1000);
  writeFileSync(`${file}-wal`, "recorded");
  utimesSync(`${file}-wal`, 5, 5);
  expect([changedAt(file, 1000), changedAt(file, 9000)]).toEqual([5000, 9000]);
  writeFileSync(`${file}-wal`, "");
  utimesSync(`${file}-wal`, 5, 5);
  expect(changedAt(file, 1000)).toBe(1000);
});
