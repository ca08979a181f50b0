import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readSessionContents } from "./session-contents.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "inspector-contents-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a session tells of which app it is, how long it is, and what failed in it", () => {
  const file = join(folder, "kept.inspector");
  const kept = new URL("../../session/fixtures/v7.inspector.gz", import.meta.url);
  writeFileSync(file, gunzipSync(readFileSync(kept)));
  expect(readSessionContents(file, 0)).toEqual({
    app: "wwwroot",
    startedAt: 1_795_980_252_504,
    length: 10_467_219_345,
    messages: 281,
    invocations: 5,
    failures: 0,
  });
});

test("a file that is no session has the time at which it was changed, and nothing else", () => {
  const file = join(folder, "broken.inspector");
  writeFileSync(file, "not a database");
  expect(readSessionContents(file, 17)).toEqual({ startedAt: 17, messages: 0 });
});
