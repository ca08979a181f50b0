import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { helpFor } from "./help.ts";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

test("advice and the page name only commands that there are", () => {
  const files = ["packages/analysis/src/problems", "apps/ui/src"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => /\.tsx?$/u.test(file))
      .map((file) => join(ROOT, folder, file)),
  );
  const named = files.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/(?:`|<code>)inspector ([a-z]+)/gu)].map(([, name = ""]) => name),
  );
  expect(named).toContain("host");
  expect(named.filter((name) => helpFor(name) === undefined)).toEqual([]);
});

test("every command in the list of commands has a help of its own", () => {
  const listed = [...(helpFor("") ?? "").matchAll(/^ {2}inspector ([a-z]+)/gmu)].map(([, name = ""]) => name);
  expect(listed).toContain("check");
  expect(listed.filter((name) => helpFor(name) === undefined)).toEqual([]);
});
