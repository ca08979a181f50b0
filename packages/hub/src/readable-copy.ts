/** Sessions whose log lies where nothing can be written: SQLite needs a file beside it (sqlite.org/wal.html, 5) to read that. */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { InspectorError, reasonOf } from "@inspector/contract/inspector-error";

export type ReadableCopy = {
  readonly file: string;
  /** To be called once the copy is open. What cannot be removed then is removed when the process ends. */
  remove(): void;
};

/**
 * Copies a session with its log into a folder for its owner only.
 * @throws {InspectorError} "session-denied" where there is no room for that
 */
export function makeReadableCopy(file: string): ReadableCopy {
  const folder = mkdtempSync(join(tmpdir(), "inspector-read-"));
  const copy = join(folder, basename(file));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    for (const suffix of ["", "-wal"]) {
      if (existsSync(file + suffix)) {
        copyFileSync(file + suffix, copy + suffix);
      }
    }
  } catch (cause) {
    remove();
    throw new InspectorError("session-denied", `${file} cannot be copied to be read: ${reasonOf(cause)}`, {
      hint: `Its recording was cut short, and it lies where nothing can be written. Copy it, with ${basename(file)}-wal, to where there is room.`,
      cause,
    });
  }
  return {
    file: copy,
    remove() {
      try {
        remove();
      } catch {
        process.once("exit", remove); // Windows does not remove what is open.
      }
    },
  };
}
