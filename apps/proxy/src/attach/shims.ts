/** The folder of shims: one program per language, each the whole shim, so that hosts find them when we are long gone. */

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, constants, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { release, tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { InspectorError, reasonOf } from "@inspector/contract/inspector-error";
import type { StateFolder } from "@inspector/hub/state-folder";
import { HOOK, HOOK_FILE } from "./dotnet-hook.ts";
import { interpreterLine, PROBE_ENVIRONMENT, PROBE_SCRIPT } from "./own-node.ts";
import { PYTHON_LAUNCHER } from "./shim/call.ts";

/** In the folder of the shims: the first line of each, which was found out once. */
const FIRST_LINE = "first-line";
/** For a program that does nothing. */
const PROBE_LIMIT_MS = 10_000;

export type Shims = {
  readonly folder: string;
  /** What a host is to start in place of a worker's executable. */
  executable(language: string): string;
  readonly pythonLauncher: string;
  /** What a .NET build is to import. */
  readonly dotnetHook: string;
};

/**
 * Writes the shims of these languages, where they are not there yet.
 * @param built the folder of the built shim
 * @throws {InspectorError} "no-state-folder" where no folder takes programs that can be run
 */
export function writeShims(state: StateFolder, languages: readonly string[], built: URL): Shims {
  const program = readFileSync(new URL("shim.cjs", built));
  const launcher = readFileSync(new URL("launch.py", built));
  const version = createHash("sha256")
    .update(program)
    .update(launcher)
    .update(HOOK)
    .update(process.execPath)
    .update(systemKey())
    .digest("hex");
  const failures: unknown[] = [];
  for (const root of [dirname(state.journals), join(tmpdir(), `inspector-${userInfo().uid}`)]) {
    const folder = join(root, "shims", version.slice(0, 12));
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const firstLine = firstLineIn(folder);
      for (const language of languages) {
        for (const { name, content } of programsOf(language, program, firstLine)) {
          put(join(folder, name), content);
        }
        // A file system that runs no programs refuses this, too.
        accessSync(executableIn(folder, language), constants.X_OK);
      }
      const pythonLauncher = join(folder, PYTHON_LAUNCHER);
      put(pythonLauncher, launcher);
      const dotnetHook = join(folder, HOOK_FILE);
      put(dotnetHook, Buffer.from(HOOK));
      return { folder, executable: (language) => executableIn(folder, language), pythonLauncher, dotnetHook };
    } catch (error) {
      failures.push(error);
    }
  }
  throw new InspectorError("no-state-folder", `No program can be put anywhere: ${failures.map(reasonOf).join("; ")}`, {
    hint: "Let XDG_STATE_HOME name a folder that you can write, on a file system that runs programs (mounted without noexec).",
  });
}

type Program = { readonly name: string; readonly content: Buffer };

/** What says how the first line of a script is understood. */
function systemKey(): string {
  const env = statSync("/usr/bin/env", { throwIfNoEntry: false });
  return `${release()} ${env?.size} ${env?.mtimeMs}`;
}

/** @throws what the file system says */
function firstLineIn(folder: string): string {
  if (process.platform === "win32") {
    return "";
  }
  const known = join(folder, FIRST_LINE);
  try {
    return readFileSync(known, "utf8");
  } catch {
    const line = interpreterLine(process.execPath, (tried) => runs(folder, tried));
    put(known, Buffer.from(line));
    return line;
  }
}

/** Whether the system runs a script with this first line as it is meant. */
function runs(folder: string, line: string): boolean {
  const probe = join(folder, `probe.${process.pid}`);
  try {
    writeFileSync(probe, `${line}\n${PROBE_SCRIPT}`, { mode: 0o700 });
    return spawnSync(probe, { env: PROBE_ENVIRONMENT, stdio: "ignore", timeout: PROBE_LIMIT_MS }).status === 0;
  } finally {
    rmSync(probe, { force: true });
  }
}

/**
 * The files that a language needs.
 * @param firstLine of a script, where the system asks for one
 * @param node what runs it elsewhere
 */
export function programsOf(
  language: string,
  shim: Buffer,
  firstLine: string,
  node = process.execPath,
  platform = process.platform,
): Program[] {
  if (platform === "win32") {
    // Hosts start a .cmd by itself; %~dp0 is its own folder, whatever is in its name.
    const command = `@"${node.replaceAll("%", "%%")}" "%~dp0${language}.cjs" %*\r\n`;
    return [
      { name: `${language}.cjs`, content: shim },
      { name: `${language}.cmd`, content: Buffer.from(command) },
    ];
  }
  return [{ name: language, content: Buffer.concat([Buffer.from(`${firstLine}\n`), shim]) }];
}

function executableIn(folder: string, language: string): string {
  return join(folder, process.platform === "win32" ? `${language}.cmd` : language);
}

/** Whole or not at all: another run may be about to start it. */
function put(file: string, content: Buffer): void {
  try {
    if (readFileSync(file).equals(content)) {
      return;
    }
  } catch {}
  const part = `${file}.${process.pid}.part`;
  writeFileSync(part, content, { mode: 0o700 });
  renameSync(part, file);
}
