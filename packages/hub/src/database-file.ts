/** What can be said of a file before SQLite opens it. */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from "node:fs";
import { InspectorError } from "@inspector/contract/inspector-error";

/**
 * Opening a pipe waits for its other end, and a device may do anything: only a file is a session.
 * @throws {InspectorError} "not-a-session"
 */
export function assertFile(path: string): void {
  const stat = statSync(path);
  if (stat.isFile()) {
    return;
  }
  throw new InspectorError("not-a-session", `${path} is ${nameOf(stat)}, not a file`, {
    hint: "Name a file that the inspector recorded; `inspector open` without a file lists those that are kept.",
  });
}

function nameOf(stat: Stats): string {
  if (stat.isDirectory()) {
    return "a folder";
  }
  if (stat.isFIFO()) {
    return "a pipe";
  }
  return stat.isSocket() ? "a socket" : "a device";
}

/** Place of the "file format read version" in the header of a database, and its value in write-ahead mode. */
const READ_VERSION_AT = 19;
const WAL_VERSION = 2;

/**
 * Whether a database is in write-ahead mode, by its header.
 *
 * Only to be asked where no log lies beside the file: closing a handle of it takes away the locks that SQLite holds on it in this
 * process, which matter to whoever writes.
 * @throws {InspectorError} "session-denied"
 */
export function isInWalMode(file: string): boolean {
  const fd = openWithoutWaiting(file);
  try {
    if (!fstatSync(fd).isFile()) {
      return false;
    }
    const header = new Uint8Array(READ_VERSION_AT + 1);
    return readSync(fd, header, 0, header.length, 0) === header.length && header[READ_VERSION_AT] === WAL_VERSION;
  } finally {
    closeSync(fd);
  }
}

function openWithoutWaiting(file: string): number {
  try {
    return openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    throw new InspectorError("session-denied", `${file} cannot be read: ${String(code)}`, {
      hint: code === "EACCES" ? "Ask its owner for the right to read it, or for a copy." : "Copy it to another disk.",
      cause,
    });
  }
}
