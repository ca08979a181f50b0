// What start and test need before anything else: a Node that is new enough, and the packages of the lock file.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const OLDEST = [20, 19];

export const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** @param options of the process that installs, for example where its output goes */
export function install(options = {}) {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    console.error(`inspector needs Node ${OLDEST.join(".")} or newer; this is ${process.versions.node}.`);
    process.exit(1);
  }
  process.chdir(ROOT);
  const installed = "node_modules/.package-lock.json";
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync("package-lock.json").mtimeMs) {
    return;
  }
  console.error("Installing packages …");
  run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel", "error"], options);
}

/** Runs a command with its output on ours, and ends the process with its code where it fails. */
export function run(command, args, options = {}) {
  const { status, signal } = spawnSync(command, args, { stdio: "inherit", ...options });
  if (status !== 0) {
    console.error(`${command} ${args.join(" ")} failed (${signal ?? status})`);
    process.exit(status ?? 1);
  }
}
