import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listSessions, newSessionFile, openStateFolder } from "./state-folder.ts";

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "state-"));
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

test("the folders are their owner's only, and so is a new session", () => {
  const state = openStateFolder({ XDG_STATE_HOME: home });
  const file = newSessionFile(state);
  expect([state.sessions, state.journals].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o700]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("recordings that begin in the same second get files of their own", () => {
  const state = openStateFolder({ XDG_STATE_HOME: home });
  const now = new Date("2026-11-21T05:12:33.456Z");
  const files = [newSessionFile(state, now), newSessionFile(state, now), newSessionFile(state, now)];
  expect(files.map((file) => basename(file))).toEqual([
    "2026-11-21T05-12-33.inspector",
    "2026-11-21T05-12-33-2.inspector",
    "2026-11-21T05-12-33-3.inspector",
  ]);
  expect(listSessions(state)).toHaveLength(3);
});
