import { spawnSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lendSession } from "./lent-session.ts";

let folder = "";
let sessions = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lent-session-"));
  sessions = join(folder, "sessions");
  mkdirSync(sessions);
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a session of elsewhere is known by a name of its own for as long as it is lent, and stays where it is", () => {
  const file = join(folder, "bug report.db");
  writeFileSync(file, "content");
  const lent = lendSession(file, sessions);
  const known = join(sessions, `${lent.name}.inspector`);
  expect(readFileSync(known, "utf8")).toBe("content");
  // An inspector that looked for text in it has left an index.
  writeFileSync(`${known}-text`, "");
  lent.giveBack();
  expect(readdirSync(sessions)).toEqual([]);
  expect(readFileSync(file, "utf8")).toBe("content");
});

test("a session that is kept is known as it is", () => {
  const file = join(sessions, "mine.inspector");
  writeFileSync(file, "content");
  const lent = lendSession(file, sessions);
  expect(lent.name).toBe("mine");
  lent.giveBack();
  expect(existsSync(file)).toBe(true);
});

test("what a process that is gone had lent is removed, what another one lends is not", () => {
  const { pid: gone } = spawnSync(process.execPath, ["-e", ""]);
  writeFileSync(join(sessions, `replayed-${gone}-00ff.inspector`), "");
  writeFileSync(join(sessions, `replayed-${gone}-00ff.inspector-text`), "");
  writeFileSync(join(sessions, `replayed-${process.ppid}-00ff.inspector`), "");
  writeFileSync(join(folder, "x"), "");
  const lent = lendSession(join(folder, "x"), sessions);
  expect(readdirSync(sessions).sort()).toEqual(
    [`${lent.name}.inspector`, `replayed-${process.ppid}-00ff.inspector`].sort(),
  );
  expect(lstatSync(join(sessions, `${lent.name}.inspector`)).isSymbolicLink() || process.platform === "win32").toBe(
    true,
  );
});
