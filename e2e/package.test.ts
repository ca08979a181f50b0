/** The one file that people install: what is in it, and that it runs without the project, on each Node that is supported. */
import { execFile } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { InvocationPage } from "@inspector/contract/page";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "./eventually.ts";
import { askHub } from "./hub-api.ts";
import { type InspectorProcess, startCommand, temporaryFolder } from "./inspector-process.ts";
import { NODE_VERSIONS, prepareNodes } from "./node-versions.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** Where nothing listens: what is installed must not ask for more. */
const NO_REGISTRY = "http://127.0.0.1:9/";
const IS_WINDOWS = process.platform === "win32";
const NOBODY = 65_534;

const folder = temporaryFolder();
const empty = join(folder.path, "an empty folder");
const prefix = join(folder.path, "prefix");
const cache = join(folder.path, "npm cache");
let tarball = "";
let nodes: Readonly<Record<string, string>> = {};

const installed = (...path: readonly string[]): string =>
  join(prefix, IS_WINDOWS ? "" : "lib", "node_modules", "inspector", ...path);
const commandIn = (node: string, ...args: readonly string[]): string[] => [
  node,
  installed("bin", "inspector.js"),
  ...args,
];

async function run(command: string, args: readonly string[]): Promise<string> {
  const env = { ...process.env, npm_config_registry: NO_REGISTRY, npm_config_cache: cache, XDG_STATE_HOME: empty };
  const { stdout } = await promisify(execFile)(command, args, { cwd: empty, env, shell: IS_WINDOWS });
  return stdout.trim();
}

beforeAll(async () => {
  mkdirSync(empty);
  chmodSync(folder.path, 0o755);
  const pack = [join(ROOT, "scripts/package.mjs"), "--built", "--output", join(folder.path, "packed")];
  const { stdout } = await promisify(execFile)(process.execPath, pack, { cwd: ROOT });
  tarball = stdout.trim();
  await run("npm", ["install", "--global", "--prefix", prefix, "--no-audit", "--no-fund", tarball]);
  nodes = await prepareNodes();
}, 400_000);

afterAll(() => folder.remove());

function filesBelow(path: string): string[] {
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(path, join(entry.parentPath, entry.name)));
}

/** Of the package, without those of packages within it. */
function ownFiles(): string[] {
  return filesBelow(installed()).filter((file) => !file.startsWith("node_modules"));
}

describe("the package", () => {
  const read = (name: string): string => readFileSync(installed(name), "utf8");

  test("holds what runs and what says what it is, and neither sources nor types", () => {
    const files = ownFiles();
    expect(files).toEqual(
      expect.arrayContaining(["LICENSE", "README.md", "CHANGELOG.md", "THIRD-PARTY-NOTICES.txt", "bin/inspector.js"]),
    );
    const built = filesBelow(join(ROOT, "apps/proxy/dist")).filter((file) => !file.endsWith(".map"));
    expect(built).toEqual(
      expect.arrayContaining(["page/index.html", "page-offline/index.html", "worker/dist/worker.js", "shim/shim.cjs"]),
    );
    expect(files).toEqual(expect.arrayContaining(built.map((file) => join("dist", file))));
    expect(files).toContain(join("sample-app", "host.json"));
    expect(files.filter((file) => /\.(?:ts|tsx|mts|cts|map)$/u.test(file))).toEqual([]);
  });

  test("is described by exact versions and the oldest Node, and by nothing of the workspace", () => {
    const description = JSON.parse(read("package.json"));
    const { version } = JSON.parse(readFileSync(join(ROOT, "apps/proxy/package.json"), "utf8"));
    expect(description).toMatchObject({ name: "inspector", version, engines: { node: ">=20.19" }, license: "MIT" });
    expect(description.private).toBeUndefined();
    expect(JSON.stringify(description)).not.toContain("@inspector/");
    for (const needed of Object.values(description.dependencies)) {
      expect(needed).toMatch(/^\d+\.\d+\.\d+$/u);
    }
    expect(description.bundleDependencies).toEqual(Object.keys(description.dependencies));
    expect(tarball).toMatch(new RegExp(`inspector-${version}\\.tgz$`, "u"));
  });

  test("names the licence of every package whose code is in its files", () => {
    const notices = read("THIRD-PARTY-NOTICES.txt");
    const bundled = new Set<string>([
      "react",
      "monaco-editor",
      "@fontsource-variable/inter",
      "dompurify",
      "@sqlite.org/sqlite-wasm",
      "fflate",
    ]);
    for (const file of ownFiles().filter((name) => /^dist\/[^/]*\.js$|worker\.js$/u.test(name))) {
      // What the bundler writes above the code of each file.
      for (const [, name = ""] of read(file).matchAll(
        /^\s*\/\/ (?:\.\.\/)*node_modules\/((?:@[^/\s]+\/)?[^/\s]+)\//gmu,
      )) {
        bundled.add(name);
      }
    }
    expect(bundled.size).toBeGreaterThan(6);
    const beside = readdirSync(installed("node_modules")).flatMap((name) =>
      name.startsWith("@") ? readdirSync(installed("node_modules", name)).map((one) => `${name}/${one}`) : [name],
    );
    for (const name of [...bundled, ...beside.filter((one) => !one.startsWith("."))]) {
      expect(notices).toContain(`\n${name} `);
    }
    expect(notices.match(/^Licence: /gmu)?.length).toBeGreaterThan(50);
  });

  test("has documents whose links lead to files that are there", () => {
    const documents = ownFiles().filter((file) => /^[^/]*\.md$|^docs\//u.test(file));
    const links = documents.flatMap((file) =>
      [...read(file).matchAll(/\]\(([^)#\s]+)/gu)].map(([, to = ""]) => [file, to] as const),
    );
    expect(links.some(([file]) => file === "README.md")).toBe(true);
    for (const [file, to] of links.filter(([, one]) => !one.includes("://"))) {
      expect(existsSync(installed(dirname(file), to)), `${file}: ${to}`).toBe(true);
    }
  });

  test("leaves nothing to be run while it is installed", () => {
    const scripts = readdirSync(installed("node_modules"), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith("package.json"))
      .map((file) => JSON.parse(read(join("node_modules", file))).scripts)
      .filter((one) => one !== undefined);
    expect(scripts).toEqual([]);
  });

  test("is run by npx without being installed", async () => {
    mkdirSync(cache, { recursive: true });
    const local = relative(empty, tarball).replaceAll("\\", "/");
    expect(await run("npx", ["--yes", local, "--version"])).toBe(JSON.parse(read("package.json")).version);
  });
});

describe("the installed command", () => {
  const demo = ["demo", "--json", "--quiet"];

  async function openPage({ ui }: InspectorProcess): Promise<number> {
    const page = await (await fetch(ui)).text();
    const [, script = ""] = /src="([^"]+\.js)"/u.exec(page) ?? [];
    const cookie = (await fetch(ui)).headers.get("set-cookie") ?? "";
    return (await fetch(new URL(script, ui), { headers: { cookie } })).status;
  }

  test.each(NODE_VERSIONS)("runs the demo and shows it, on Node %s", async (version) => {
    const node = nodes[version] ?? "";
    expect(await run(node, ["--version"])).toBe(`v${version}`);
    // Where the worker's Node is looked for.
    const env = { PATH: `${dirname(node)}${delimiter}${process.env["PATH"]}` };
    const inspector = await startCommand(commandIn(node, ...demo), join(folder.path, version), { cwd: empty, env });
    try {
      expect(await (await fetch(`${inspector.http}/api/hello?name=Ada`)).text()).toContain("Hello, Ada!");
      expect(await openPage(inspector)).toBe(200);
      const ids = Array.from({ length: 100 }, (_, n) => n + 1).join(",");
      const rows = await eventually(async () => {
        const { rows } = await askHub<InvocationPage>(inspector, "GET", `/api/invocations?ids=${ids}`);
        const row = rows.find(({ type, state }) => type === "invocation" && state !== "in-flight");
        return row && [...rows.filter((one) => one.type === "step" && one.step === "init"), row];
      });
      expect(rows).toMatchObject([
        { state: "success", text: expect.stringContaining(`node ${version}`) },
        { state: "success", text: expect.stringContaining("/api/hello") },
      ]);
    } finally {
      expect(await inspector.stop()).toBe(0);
    }
    const [file = "", ...args] = commandIn(node, "export", inspector.session, "--no-redact");
    expect(await run(file, args)).toContain('"kind":"invocation_response"');
    const page = join(folder.path, `${version}.html`);
    const [, ...toPage] = commandIn(node, "export", inspector.session, "--format", "html", "--output", page);
    await run(file, toPage);
    expect(readFileSync(page, "utf8")).toContain('class="session-part"');
  });

  test.runIf(process.getuid?.() === 0)("records for a user who may write nothing but the sessions", async () => {
    // As in a container: what runs belongs to root, and the state folder to the user.
    const node = join(folder.path, "node");
    copyFileSync(process.execPath, node);
    const sessions = join(folder.path, "sessions");
    await run("install", [
      "--directory",
      "--owner",
      String(NOBODY),
      "--group",
      String(NOBODY),
      "--mode",
      "700",
      sessions,
    ]);
    const args = ["--listen", "0.0.0.0:0", "--upstream", "127.0.0.1:9", "--ui", "0.0.0.0:0", "--json"];
    const options = { cwd: "/", uid: NOBODY, gid: NOBODY, env: { HOME: "/nonexistent" } };
    const inspector = await startCommand(commandIn(node, ...args), sessions, options);
    expect(inspector.session).toContain(sessions);
    const { port } = new URL(inspector.ui);
    const ui = inspector.ui.replace(/\/\/[^/]*/u, `//127.0.0.1:${port}`);
    expect((await fetch(ui)).status).toBe(200);
    expect(await inspector.stop()).toBe(0);
  });
});
