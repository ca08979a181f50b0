import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Folder, makeFolder } from "../../testing/served-sessions.ts";
import { indexPlace } from "./index-place.ts";

let folder: Folder;

beforeEach(() => {
  folder = makeFolder();
});

afterEach(() => folder.remove());

test("the index of a kept session lies beside it, that of any other in a folder of our own", () => {
  expect(indexPlace(folder.file("a"), folder)).toBe(`${folder.file("a")}-text`);
  const elsewhere = indexPlace("/downloads/a.inspector", folder);
  expect(elsewhere.startsWith(join(folder.root, "text"))).toBe(true);
  expect(indexPlace("/downloads/a.inspector", folder)).toBe(elsewhere);
  expect(indexPlace("/downloads/b.inspector", folder)).not.toBe(elsewhere);
});

test("an index that nobody used for long is removed, one that is used stays", () => {
  const [a, b] = ["/downloads/a.inspector", "/downloads/b.inspector"] as const;
  for (const file of [a, b]) {
    writeFileSync(indexPlace(file, folder), "");
  }
  const inDays = (days: number) => Date.now() + days * 24 * 3600 * 1000;
  indexPlace(a, folder, inDays(5));
  indexPlace("/downloads/c.inspector", folder, inDays(8));
  expect(existsSync(indexPlace(a, folder))).toBe(true);
  expect(existsSync(indexPlace(b, folder))).toBe(false);
});
