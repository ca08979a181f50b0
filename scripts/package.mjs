// Makes the one file that `npm install -g` and `npx` take, and prints its path, alone on standard output.
// What the command needs of npm is within it, in the versions that the tests ran with, so installing it asks no registry.
//   --built        pack what the last build made, instead of building first
//   --output DIR   where to put it (default: dist)
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix, resolve } from "node:path";
import { parseArgs } from "node:util";
import { install, ROOT } from "./install.mjs";
import { installedBeside } from "./installed-beside.mjs";
import { closureOf, isInstalled, nameOf, readLock } from "./lock-closure.mjs";
import { thirdPartyNotices } from "./notices.mjs";

/** What of apps/proxy is needed to run. */
const PARTS = ["bin", "dist", "sample-app"];

/** Types, sources and their maps: nobody runs them. */
const NOT_RUN = /\.(?:map|[cm]?ts)$/u;

/** What compiles @photostructure/sqlite; it comes compiled for every platform that it supports. */
const COMPILED_FROM = /@photostructure\/sqlite\/(?:src|scripts|binding\.gyp)$/u;
const NEEDED_TO_COMPILE = ["node-addon-api"];

const { values } = parseArgs({ options: { built: { type: "boolean" }, output: { type: "string" } } });
const output = resolve(values.output ?? join(ROOT, "dist"));
install({ stdio: ["ignore", 2, 2] });
if (values.built !== true) {
  run(process.execPath, ["scripts/build.mjs"], [2, 2]);
}
if (!existsSync("apps/proxy/dist/main.js") || !existsSync("apps/proxy/dist/page/index.html")) {
  console.error("Nothing is built yet. Run `npm run build`, or leave --built out.");
  process.exit(1);
}

/** Documents by their place in the project, with their place in the package. */
const documents = {
  "README.md": "README.md",
  LICENSE: "LICENSE",
  "apps/proxy/CHANGELOG.md": "CHANGELOG.md",
  ...Object.fromEntries(filesOf("docs", ".md").map((file) => [file, file])),
};
const staging = mkdtempSync(join(tmpdir(), "inspector-package-"));
try {
  stage(staging);
  mkdirSync(output, { recursive: true });
  const pack = ["pack", "--silent", "--ignore-scripts", "--pack-destination", output];
  // On Windows, npm is a script, which needs a shell.
  const name = run("npm", pack, ["pipe", 2], { cwd: staging, shell: process.platform === "win32" });
  console.log(join(output, name.trim()));
} finally {
  rmSync(staging, { recursive: true, force: true });
}

/** Lays out the package: what runs, what that needs, a description that names nothing of the workspace, documents. */
function stage(folder) {
  const lock = readLock();
  for (const part of PARTS) {
    copy(join("apps/proxy", part), join(folder, part));
  }
  const dependencies = installedBeside();
  const isWanted = (name, of) =>
    (of !== "apps/proxy" || name in dependencies) && !name.startsWith("@types/") && !NEEDED_TO_COMPILE.includes(name);
  const inside = closureOf(lock, "apps/proxy", isWanted);
  for (const installed of inside) {
    copy(installed, join(folder, installed));
    writeJson(
      join(folder, installed, "package.json"),
      installedManifest(readJson(join(installed, "package.json")), inside),
    );
  }
  writeJson(join(folder, "package.json"), manifestOf(readJson("apps/proxy/package.json"), dependencies));
  for (const [from, to] of Object.entries(documents)) {
    mkdirSync(dirname(join(folder, to)), { recursive: true });
    writeFileSync(join(folder, to), withoutDeadLinks(readFileSync(from, "utf8"), from));
  }
  writeFileSync(join(folder, "THIRD-PARTY-NOTICES.txt"), thirdPartyNotices(lock));
}

function copy(from, to) {
  cpSync(from, to, { recursive: true, filter: (path) => !NOT_RUN.test(path) && !COMPILED_FROM.test(path) });
}

function manifestOf({ name, version, description, license, type, bin, engines }, dependencies) {
  const bundleDependencies = Object.keys(dependencies);
  return { name, version, description, license, type, bin, engines, dependencies, bundleDependencies };
}

/** Of a package within ours: nothing is left to run when it is installed, and nothing to be fetched. */
function installedManifest({ scripts, devDependencies, dependencies = {}, ...manifest }, inside) {
  const names = new Set(inside.filter(isInstalled).map(nameOf));
  const needed = Object.entries(dependencies).filter(([name]) => names.has(name));
  return { ...manifest, dependencies: Object.fromEntries(needed) };
}

/** Pictures are left out, and a link to what is not in the package becomes its text. */
function withoutDeadLinks(text, from) {
  const linkOf = (link, title, to) => {
    const [file = "", fragment] = to.split("#");
    if (/^[a-z]+:/u.test(to) || file === "") {
      return link;
    }
    const packaged = documents[posix.join(posix.dirname(from), file)];
    if (packaged === undefined) {
      return title;
    }
    const path = posix.relative(posix.dirname(documents[from]), packaged);
    return `[${title}](${path}${fragment === undefined ? "" : `#${fragment}`})`;
  };
  return text.replace(/^!\[[^\]]*\]\([^)]*\)\n\n?/gmu, "").replace(/\[([^\]]*)\]\(([^)\s]+)\)/gu, linkOf);
}

function filesOf(folder, ending) {
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name}`);
}

function readJson(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}

function writeJson(file, value) {
  writeFileSync(file, `${JSON.stringify(value, undefined, 2)}\n`);
}

function run(command, args, [stdout, stderr], options = {}) {
  const ran = spawnSync(command, args, { stdio: ["ignore", stdout, stderr], encoding: "utf8", ...options });
  if (ran.status !== 0) {
    process.exit(ran.status ?? 1);
  }
  return ran.stdout ?? "";
}
