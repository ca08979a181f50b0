// Builds everything that runs: the page, the language worker, and the command with both beside it.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, rmSync } from "node:fs";
import { build } from "esbuild";
import { compressFiles } from "./compress.mjs";
import { installedBeside } from "./installed-beside.mjs";

/** @param {string[]} command */
function run(...command) {
  const { status } = spawnSync("npx", ["--no", "--", ...command], { stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) {
    process.exit(status ?? 1);
  }
}

const only = process.argv.slice(2);
const wants = (part) => only.length === 0 || only.includes(part);

if (wants("worker")) {
  const { status } = spawnSync(process.execPath, ["packages/worker/build.mjs"], { stdio: "inherit" });
  if (status !== 0) {
    process.exit(status ?? 1);
  }
}
if (wants("ui")) {
  run("vite", "build", "apps/ui", "--logLevel", "warn");
  run("vite", "build", "apps/ui", "--config", "apps/ui/vite.offline.config.ts", "--logLevel", "warn");
}
if (wants("proxy")) {
  const dist = "apps/proxy/dist";
  rmSync(dist, { recursive: true, force: true });
  const forNode = {
    outdir: dist,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    sourcemap: "linked",
    logLevel: "warning",
    external: Object.keys(installedBeside()),
  };
  await build({ ...forNode, entryPoints: { main: "apps/proxy/src/main.ts" }, splitting: true });
  // Each of these is a file of its own: a part that several share would bring along what only one of them needs, and the hub
  // and its threads are started with each recording.
  const programs = {
    recovery: "apps/proxy/src/recording/recovery-process.ts",
    hub: "packages/hub/src/main.ts",
    "export-process": "packages/hub/src/export/export-process.ts",
    "ingest-thread": "packages/hub/src/ingest/ingest-thread.ts",
    "intervention-thread": "packages/hub/src/intervention/service-thread.ts",
    "otlp-thread": "packages/hub/src/export/otlp-thread.ts",
    "reader-thread": "packages/hub/src/reader/reader-thread.ts",
    "text-thread": "packages/hub/src/text/text-thread.ts",
  };
  await Promise.all(
    Object.entries(programs).map(([name, file]) => build({ ...forNode, entryPoints: { [name]: file } })),
  );
  // Stands in workers' places, in a process of its own: one file without anything else, quick to load.
  await build({
    entryPoints: { shim: "apps/proxy/src/attach/shim/main.ts" },
    outdir: `${dist}/shim`,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    minify: true,
    format: "cjs",
    platform: "node",
    target: "node20.19",
    logLevel: "warning",
  });
  cpSync("apps/proxy/src/attach/shim/launch.py", `${dist}/shim/launch.py`);
}
cpSync("packages/worker/worker.config.json", "apps/proxy/dist/worker/worker.config.json");
cpSync("packages/worker/dist", "apps/proxy/dist/worker/dist", { recursive: true });
if (existsSync("apps/ui/dist")) {
  const page = "apps/proxy/dist/page";
  rmSync(page, { recursive: true, force: true });
  cpSync("apps/ui/dist", page, { recursive: true });
  compressFiles(page);
}
if (existsSync("apps/ui/dist-offline")) {
  cpSync("apps/ui/dist-offline/index.html", "apps/proxy/dist/page-offline/index.html");
}
