import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lacksModules } from "./missing-modules.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "modules-"));
  mkdirSync(join(folder, "app"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test.each([
  ["dependencies and no node_modules", '{"dependencies":{"@azure/functions":"^4"}}', undefined, true],
  ["node_modules beside it", '{"dependencies":{"@azure/functions":"^4"}}', "app/node_modules", false],
  ["node_modules above it", '{"dependencies":{"@azure/functions":"^4"}}', "node_modules", false],
  ["no dependencies", '{"dependencies":{}}', undefined, false],
  ["a package.json that is none", "{", undefined, false],
])("an app with %s", (_, content, modules, isMissing) => {
  writeFileSync(join(folder, "app/package.json"), content);
  if (modules !== undefined) {
    mkdirSync(join(folder, modules));
  }
  expect(lacksModules(join(folder, "app"))).toBe(isMissing);
});
