/** Node binaries of the versions that the command is to run on, from npm; kept beside the tests for the next run. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** The oldest that is supported, and the newest of each line after it. */
export const NODE_VERSIONS = ["20.19.5", "22.23.3", "24.21.0"];

const KEPT = fileURLToPath(new URL(".nodes", import.meta.url));
const INSTALL_TIMEOUT_MS = 240_000;
const PLATFORM = process.platform === "win32" ? "win" : process.platform;

/** The path of each version's binary. @throws {Error} what npm says where one cannot be had */
export async function prepareNodes(): Promise<Readonly<Record<string, string>>> {
  const missing = NODE_VERSIONS.filter((version) => !existsSync(binaryOf(version)));
  await Promise.all(missing.map(install));
  return Object.fromEntries(NODE_VERSIONS.map((version) => [version, binaryOf(version)]));
}

/** The package of the platform itself: the one called `node` is a script that installs it. */
async function install(version: string): Promise<void> {
  const folder = join(KEPT, version);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const name = `node-${PLATFORM}-${process.arch}@${version}`;
  const args = ["install", "--prefix", folder, "--prefer-offline", "--no-audit", "--no-fund", name];
  await promisify(execFile)("npm", args, { timeout: INSTALL_TIMEOUT_MS, shell: PLATFORM === "win" });
}

function binaryOf(version: string): string {
  const inside = join(KEPT, version, "node_modules", `node-${PLATFORM}-${process.arch}`);
  return join(inside, PLATFORM === "win" ? "node.exe" : "bin/node");
}
