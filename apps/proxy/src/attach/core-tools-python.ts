/**
 * Which Python Core Tools 4 takes where it is not told: of those on the PATH the first in its order whose version Functions
 * knows. It asks each for its version; the shim reads it from names and from `pyvenv.cfg`, which starts no process, and takes one
 * that tells nothing for a good one. The shim bundles this file.
 * @see Core Tools, `PythonHelpers.GetEnvironmentPythonVersion`
 */
import { realpathSync, statSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { readPlainText } from "../read-file.ts";

const NAMES = [
  "python3",
  "python",
  "python3.9",
  "python3.10",
  "python3.11",
  "python3.12",
  "python3.13",
  "python3.14",
] as const;

const OLDEST_MINOR = 10;
const NEWEST_MINOR = 14;

/** @returns its path; undefined where the PATH has none */
export function coreToolsPython(path: string): string | undefined {
  const found = NAMES.flatMap((name) => findOnPath(name, path) ?? []);
  return found.find(isKnown) ?? found[0];
}

/** The file that a bare name stands for; undefined where no folder of the PATH has it. */
export function findOnPath(name: string, path: string): string | undefined {
  const names = process.platform === "win32" ? [`${name}.exe`, name] : [name];
  for (const folder of path.split(delimiter)) {
    for (const file of names) {
      const candidate = join(folder, file);
      if (folder !== "" && isProgram(candidate)) {
        return candidate;
      }
    }
  }
  return undefined;
}

function isProgram(file: string): boolean {
  const found = statSync(file, { throwIfNoEntry: false });
  return found?.isFile() === true && (process.platform === "win32" || (found.mode & 0o111) !== 0);
}

function isKnown(python: string): boolean {
  const minor = minorOf(python);
  return minor === undefined || (minor >= OLDEST_MINOR && minor <= NEWEST_MINOR);
}

function minorOf(python: string): number | undefined {
  const configured = read(join(dirname(python), "..", "pyvenv.cfg"));
  const version =
    /^version(?:_info)?\s*=\s*3\.(\d+)/mu.exec(configured)?.[1] ??
    /^python3\.(\d+)(?:\.exe)?$/u.exec(basename(realPathOf(python)))?.[1];
  return version === undefined ? undefined : Number(version);
}

function realPathOf(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}

function read(file: string): string {
  try {
    return readPlainText(file);
  } catch {
    return "";
  }
}
