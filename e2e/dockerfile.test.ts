/** The container of the sidecar form, as far as that can be told without an engine; what it runs is in package.test.ts. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const read = (name: string): string => readFileSync(join(ROOT, name), "utf8");

type Instruction = { readonly name: string; readonly value: string };

/** Stages, each with its instructions in order; the first is FROM. */
function parseStages(text: string): Instruction[][] {
  const lines = text
    .replaceAll(/^#.*\n/gmu, "")
    .replaceAll(/\\\n\s*/gu, "")
    .split("\n");
  const stages: Instruction[][] = [];
  for (const line of lines.filter((one) => one !== "")) {
    const [, name = "", value = ""] = /^([A-Z]+) (.+)$/u.exec(line) ?? [];
    expect(name, line).not.toBe("");
    if (name === "FROM") {
      stages.push([]);
    }
    stages.at(-1)?.push({ name, value });
  }
  return stages;
}

const stages = parseStages(read("Dockerfile"));
const last = stages.at(-1) ?? [];
const valuesOf = (name: string, stage = last): string[] =>
  stage.filter((one) => one.name === name).map(({ value }) => value);

test("the container runs the installed command as a user who is not root", () => {
  expect(JSON.parse(valuesOf("ENTRYPOINT")[0] ?? "")).toEqual(["inspector"]);
  expect(valuesOf("USER")).toEqual(["node"]);
  const names = last.map(({ name }) => name);
  expect(names.lastIndexOf("RUN")).toBeLessThan(names.indexOf("USER"));
  expect(names.lastIndexOf("COPY")).toBeLessThan(names.indexOf("USER"));
  const [home = ""] = valuesOf("ENV").map((value) => value.replace("XDG_STATE_HOME=", ""));
  expect(valuesOf("VOLUME")).toEqual([home]);
  expect(valuesOf("RUN").join()).toContain(`--owner node --group node --mode 700 ${home}`);
});

test("each stage is of a Node that is supported, and takes what a stage before it made", () => {
  for (const [index, stage] of stages.entries()) {
    const [, major = "0"] = /^node:(\d+)-/u.exec(valuesOf("FROM", stage)[0] ?? "") ?? [];
    expect(Number(major)).toBeGreaterThanOrEqual(20);
    for (const copied of valuesOf("COPY", stage)) {
      const [, from] = /--from=(\S+)/u.exec(copied) ?? [];
      const made = stages.slice(0, index).flatMap((one) => valuesOf("FROM", one));
      expect(from === undefined || made.some((one) => one.endsWith(` AS ${from}`)), copied).toBe(true);
    }
  }
  expect(stages.flatMap((stage) => valuesOf("ADD", stage))).toEqual([]);
});

test("it builds by scripts of the project, from files that are sent to the engine", () => {
  const { scripts } = JSON.parse(read("package.json"));
  const built = stages.flatMap((stage) => valuesOf("RUN", stage)).join("\n");
  const named = [...built.matchAll(/npm run (?:--\S+ )*(\S+)/gu)].map(([, name = ""]) => name);
  expect(named).toEqual(["package"]);
  expect(scripts).toHaveProperty("package");
  const ignored = read(".dockerignore").trim().split("\n");
  const tracked = execFileSync("git", ["ls-files"], { cwd: ROOT, encoding: "utf8" }).trim().split("\n");
  const names = ignored.map((pattern) => pattern.replace("**/", ""));
  const missing = tracked.filter((file) => names.some((name) => `/${file}/`.includes(`/${name}/`)));
  expect(missing.filter((file) => !["Dockerfile", ".dockerignore"].includes(file))).toEqual([]);
});

test("what its header says to type are options of the command, with the ports that it exposes", () => {
  const [, typed = ""] = /^# +docker run (.+)$/mu.exec(read("Dockerfile")) ?? [];
  const [published = "", own = ""] = typed.split(" inspector ");
  const bin = join(ROOT, "apps/proxy/bin/inspector.js");
  const help = execFileSync(process.execPath, [bin, "--help"], { encoding: "utf8" });
  const options = own.match(/--[a-z]+/gu) ?? [];
  expect(options).toEqual(["--listen", "--upstream", "--ui"]);
  for (const option of options) {
    expect(help).toContain(`  ${option} `);
  }
  for (const port of valuesOf("EXPOSE")[0]?.split(" ") ?? []) {
    expect(`${published} ${own}`).toMatch(new RegExp(`[: ]${port}\\b`, "u"));
  }
});
