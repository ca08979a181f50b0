/** The folder of shims: one program per language, each the whole shim, so that hosts find them when we are long gone. */

import { createHash } from "node:crypto";
import { accessSync, constants, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { InspectorError, reasonOf } from "@inspector/contract/inspector-error";
import type { StateFolder } from "@inspector/hub/state-folder";
import { HOOK, HOOK_FILE } from "./dotnet-hook.ts";
import { PYTHON_LAUNCHER } from "./shim/call.ts";

/** The longest first line that every Linux takes for an interpreter. */
const MAX_SHEBANG = 120;

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
    .digest("hex");
  const failures: unknown[] = [];
  for (const root of [dirname(state.journals), join(tmpdir(), `inspector-${userInfo().uid}`)]) {
    const folder = join(root, "shims", version.slice(0, 12));
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      for (const language of languages) {
        for (const { name, content } of programsOf(language, program)) {
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

/** The files that a language needs. */
export function programsOf(
  language: string,
  shim: Buffer,
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
  // The system cuts an interpreter's path at a blank.
  const isPlain = !/\s/u.test(node) && node.length < MAX_SHEBANG;
  const firstLine = Buffer.from(`#!${isPlain ? node : "/usr/bin/env node"}\n`);
  return [{ name: language, content: Buffer.concat([firstLine, shim]) }];
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
