import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expandBraces, findFiles, segmentMatcher } from "./glob.ts";

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "glob-"));
  const files = `index.js src/b.js src/a.js src/a.ts src/.hidden.js src/sub/c.js src/sub/deep/d.mjs
    node_modules/pkg/index.js dist/node_modules/x.js .git/e.js src/folder.js/inside.js`;
  for (const file of files.split(/\s+/)) {
    await mkdir(join(root, dirname(file)), { recursive: true });
    await writeFile(join(root, file), "");
  }
});

afterAll(() => rm(root, { recursive: true }));

describe("findFiles", () => {
  test.each([
    ["index.js", ["index.js"]],
    ["./index.js", ["index.js"]],
    ["src/*.js", ["src/a.js", "src/b.js"]],
    ["src/?.*s", ["src/a.js", "src/a.ts", "src/b.js"]],
    ["src/.*.js", ["src/.hidden.js"]],
    ["src/{b,a}.js", ["src/a.js", "src/b.js"]],
    ["src/[!a].js", ["src/b.js"]],
    ["src/**/*.{js,mjs}", ["src/a.js", "src/b.js", "src/folder.js/inside.js", "src/sub/c.js", "src/sub/deep/d.mjs"]],
    ["**/*.mjs", ["src/sub/deep/d.mjs"]],
    ["{index.js,src/**/c.js}", ["index.js", "src/sub/c.js"]],
    ["node_modules/pkg/*.js", ["node_modules/pkg/index.js"]],
    ["dist/**/*.js", []],
    ["missing/*.js", []],
    ["src", []],
    ["", []],
  ])("%s", async (pattern, files) => {
    expect(await findFiles(root, pattern)).toEqual(files);
  });
});

test.each([
  ["a{b,c{d,e}}f{,g}", ["abf", "abfg", "acdf", "acdfg", "acef", "acefg"]],
  ["a{b}c", ["a{b}c"]],
  ["a{b,c", ["a{b,c"]],
  ["{x}{y,z}", ["{x}y", "{x}z"]],
])("expandBraces(%s)", (pattern, expanded) => {
  expect(expandBraces(pattern)).toEqual(expanded);
});

test.each([
  ["a.b+(c)", "a.b+(c)", "aXb+(c)"],
  ["[a-c]?", "bz", "dz"],
  ["[^]x", "^x", "ax"],
  ["[x", "[x", "x"],
  ["*", "anything", undefined],
])("segmentMatcher(%s) takes %s and not %s", (segment, yes, no) => {
  expect(segmentMatcher(segment).test(yes)).toBe(true);
  if (no !== undefined) {
    expect(segmentMatcher(segment).test(no)).toBe(false);
  }
});
