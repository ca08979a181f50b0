/** Files by what they are, not by the names that lead to them. */
import { realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/** The path without symbolic links; of a file that is not there yet, that of its folder with the file's name. */
export function realPath(path: string): string {
  const whole = resolve(path);
  try {
    return realpathSync(whole);
  } catch {
    const folder = dirname(whole);
    return folder === whole ? whole : join(realPath(folder), basename(whole));
  }
}

/** Whether two names lead to one file, also by a symbolic or a hard link. */
export function isSameFile(one: string, other: string): boolean {
  if (realPath(one) === realPath(other)) {
    return true;
  }
  const [a, b] = [one, other].map((path) => statSync(path, { bigint: true, throwIfNoEntry: false }));
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}
