/**
 * What `npm install` puts on the PATH of Windows are `.cmd` files, which Node does not start without a shell, and a shell would read
 * the arguments anew. Those of npm say in one line which program they run.
 * @see https://nodejs.org/api/child_process.html#spawning-bat-and-cmd-files-on-windows
 */
import type { SpawnOptions } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { win32 } from "node:path";
import { InspectorError } from "@inspector/contract/inspector-error";
import { lookUp, type Variables } from "./settings.ts";

export type StartedCommand = {
  readonly file: string;
  readonly args: readonly string[];
  readonly options: Pick<SpawnOptions, "windowsVerbatimArguments">;
};

/** How the file system answers, so that tests can be it. */
export type WindowsFiles = {
  readonly isFile: (path: string) => boolean;
  readonly read: (path: string) => string;
};

const FILES: WindowsFiles = {
  isFile: (path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true,
  read: (path) => readFileSync(path, "utf8"),
};

/**
 * @returns the command as it is, but for a `.cmd` on Windows: what that runs, or a shell with every argument quoted
 * @throws {InspectorError} "bad-option" for an argument that no quoting saves from the shell
 */
export function windowsCommand(
  file: string,
  args: readonly string[],
  environment: Variables,
  platform: NodeJS.Platform = process.platform,
  files: WindowsFiles = FILES,
): StartedCommand {
  const asItIs = { file, args, options: {} };
  if (platform !== "win32") {
    return asItIs;
  }
  const found = findCommand(file, environment, files);
  if (found === undefined) {
    return asItIs;
  }
  if (!/\.(?:cmd|bat)$/iu.test(found)) {
    return { file: found, args, options: {} };
  }
  const target = npmTarget(found, files.read(found), files);
  if (target !== undefined) {
    const [program, ...first] = target;
    return { file: program, args: [...first, ...args], options: {} };
  }
  const line = [found, ...args].map(quoteForShell).join(" ");
  return {
    file: lookUp(environment, ["ComSpec"]) ?? "cmd.exe",
    // /s: the shell takes off the outer quotes and reads the rest as it is.
    args: ["/d", "/s", "/c", `"${line}"`],
    options: { windowsVerbatimArguments: true },
  };
}

/** As Windows looks for a program: as named, then with each ending of PATHEXT, in the folders of the PATH. */
function findCommand(file: string, environment: Variables, { isFile }: WindowsFiles): string | undefined {
  const endings = (lookUp(environment, ["PATHEXT"]) ?? ".COM;.EXE;.BAT;.CMD")
    .split(";")
    .map((one) => one.toLowerCase());
  const names = win32.extname(file) === "" ? endings.map((ending) => `${file}${ending}`) : [file];
  const hasFolder = /[\\/]/u.test(file);
  const folders = hasFolder ? [""] : ["", ...(lookUp(environment, ["Path"]) ?? "").split(";")];
  for (const folder of folders) {
    const hit = names.map((name) => (folder === "" ? name : win32.join(folder, name))).find(isFile);
    if (hit !== undefined) {
      return hit;
    }
  }
  return undefined;
}

/**
 * What a `.cmd` of npm's runs, `"%_prog%" "%dp0%\node_modules\…\main.js" %*`, or `"%dp0%\x.exe" %*` for a program.
 * @returns the program and its first arguments
 */
function npmTarget(file: string, text: string, { isFile }: WindowsFiles): readonly [string, ...string[]] | undefined {
  const folder = win32.dirname(file);
  const [, script] = /"%_prog%"\s+"%(?:~dp0|dp0%)\\([^"]+)"\s+%\*/iu.exec(text) ?? [];
  if (script !== undefined) {
    const own = win32.join(folder, "node.exe");
    return [isFile(own) ? own : process.execPath, win32.join(folder, script)];
  }
  const [, program] = /^\s*@?"%(?:~dp0|dp0%)\\([^"]+\.exe)"\s+%\*/imu.exec(text) ?? [];
  return program === undefined ? undefined : [win32.join(folder, program)];
}

/** cmd.exe reads `%NAME%` within quotes, too, and ends a quote at the next one; what is left of its signs is safe in quotes. */
function quoteForShell(text: string): string {
  if (/["%\r\n]/u.test(text)) {
    throw new InspectorError("bad-option", `${JSON.stringify(text)} cannot be passed to a .cmd file unchanged`, {
      hint: "Name the program that the .cmd file runs.",
    });
  }
  return `"${text.replace(/\\+$/u, "$&$&")}"`;
}
