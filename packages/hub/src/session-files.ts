/** The files of a session: its own, and what SQLite and the text index keep beside it. */
import { rmSync, statSync } from "node:fs";

/** What is added to a session's file name for that of its text index. */
export const TEXT_SUFFIX = "-text";

/** A database in write-ahead mode, and what stands beside it while it is open. sqlite.org/wal.html */
const DATABASE_SUFFIXES = ["", "-wal", "-shm"] as const;

/** What is added to a session's file name for those of all its files; its own comes first. */
export const SESSION_FILE_SUFFIXES: readonly string[] = [
  ...DATABASE_SUFFIXES,
  "-journal",
  ...DATABASE_SUFFIXES.map((suffix) => TEXT_SUFFIX + suffix),
];

/** Removes a session with all that stands beside it, as far as there is any. @throws what the file system says */
export function removeSessionFiles(file: string): void {
  remove(file, SESSION_FILE_SUFFIXES);
}

/** @param index the file of the text index. @throws what the file system says */
export function removeTextIndex(index: string): void {
  remove(index, DATABASE_SUFFIXES);
}

function remove(file: string, suffixes: readonly string[]): void {
  for (const suffix of suffixes) {
    rmSync(file + suffix, { force: true });
  }
}

/** What a session takes on the disk with its text index, in bytes. */
export function sessionBytes(file: string): number {
  return sum(file, SESSION_FILE_SUFFIXES);
}

/** What one database takes on the disk, a session or a text index, in bytes. */
export function diskBytes(file: string): number {
  return sum(file, DATABASE_SUFFIXES);
}

/**
 * When a session last changed, in milliseconds since the Unix epoch: what is recorded stands in the log beside the file until
 * that is brought into it. A log without content was made by somebody who only looked.
 * @param own of the file itself
 */
export function changedAt(file: string, own: number): number {
  const log = statSync(`${file}-wal`, { throwIfNoEntry: false });
  return log !== undefined && log.size > 0 ? Math.max(own, log.mtimeMs) : own;
}

function sum(file: string, suffixes: readonly string[]): number {
  return suffixes.reduce((bytes, suffix) => bytes + sizeOf(file + suffix), 0);
}

/** 0 where there is no file any more, or none that can be reached: a session that was taken away is told of elsewhere. */
export function sizeOf(path: string): number {
  try {
    return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  } catch {
    return 0;
  }
}
