/** Which errors are about the place where the session lies, and which about what is written there. */
import { InspectorError } from "@inspector/contract/inspector-error";
import { primaryCodeOf } from "../sqlite-code.ts";

/** Primary result codes of SQLite that another row would have met as well: the disk, its owner, another process. */
const STORAGE_CODES = new Set([
  3, // PERM
  4, // ABORT
  5, // BUSY
  6, // LOCKED
  7, // NOMEM
  8, // READONLY
  9, // INTERRUPT
  10, // IOERR
  11, // CORRUPT
  13, // FULL
  14, // CANTOPEN
  15, // PROTOCOL
  17, // SCHEMA
  21, // MISUSE
  22, // NOLFS
  23, // AUTH
  26, // NOTADB
]);

/** The file is not what it was, whoever changed it. */
const DAMAGED_CODES = new Set([11, 26]);

/** Whether trying again later, or in another place, is what may help; otherwise the content itself is at fault. */
export function isStorageFault(error: unknown): boolean {
  if (error instanceof InspectorError) {
    return true;
  }
  const code = primaryCodeOf(error);
  return (code !== undefined && STORAGE_CODES.has(code)) || isSystemError(error);
}

export function isDamage(error: unknown): boolean {
  const code = primaryCodeOf(error);
  return code !== undefined && DAMAGED_CODES.has(code);
}

/** Of the file system or a socket. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}
