/** Opens session files with the driver that runs here. */
import { chmodSync, existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { InspectorError } from "@inspector/contract/inspector-error";
import { compileExpression } from "@inspector/filter/regex";
import type { Database } from "@inspector/session/database";
import { completeOlder, readMeta } from "@inspector/session/open-session";
import { DatabaseSync } from "@photostructure/sqlite";

/** Opens a session for recording; makes the file, readable by its owner only, where there is none. */
export function openForWriting(file: string): Database {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(file) as unknown as Database;
  database.exec("PRAGMA busy_timeout = 5000; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16000;");
  database.exec(
    "PRAGMA page_size = 16384; PRAGMA wal_autocheckpoint = 1000; PRAGMA journal_size_limit = 33554432; PRAGMA temp_store = MEMORY;",
  );
  if (existsSync(file)) {
    chmodSync(file, 0o600);
  }
  return database;
}

/**
 * Brings the write-ahead log into the file, so that the file is the whole session: to be done when nothing more will come, since
 * SQLite itself does so only when it is closed by the book. Not while somebody reads from the log: then it stays as it is.
 */
export function foldLog(database: Database): void {
  database.exec("PRAGMA busy_timeout = 500; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA busy_timeout = 5000;");
}

/**
 * Opens a session to look at. The file is hostile input: nothing in its schema is trusted and nothing can be written.
 * @throws {InspectorError} "no-such-session", "not-a-session", "newer-session"
 */
export function openForReading(file: string): Database {
  if (!existsSync(file)) {
    throw new InspectorError("no-such-session", `${file} does not exist`, {
      hint: "`inspector open` without a file lists the sessions that are kept.",
    });
  }
  const driver = openReadOnly(file);
  const database = driver as unknown as Database;
  try {
    driver.enableDefensive(true);
    driver.function("regexp", { deterministic: true }, matchesExpression);
    database.exec("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;");
    database.exec("PRAGMA busy_timeout = 5000; PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY;");
    readMeta(database, file);
    completeOlder(database);
    database.exec("PRAGMA query_only = ON;");
  } catch (error) {
    database.close();
    throw error instanceof InspectorError ? error : notASession(`${file} is not a session: ${reasonOf(error)}`, error);
  }
  return database;
}

/** An empty database that no file holds. */
export function openInMemory(): Database {
  const driver = new DatabaseSync(":memory:");
  driver.function("regexp", { deterministic: true }, matchesExpression);
  return driver as unknown as Database;
}

function openReadOnly(file: string): InstanceType<typeof DatabaseSync> {
  try {
    return new DatabaseSync(file, { readOnly: true });
  } catch (cause) {
    const isFolder = statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
    throw notASession(`${file} ${isFolder ? "is a folder" : `cannot be opened: ${reasonOf(cause)}`}`, cause);
  }
}

function notASession(message: string, cause: unknown): InspectorError {
  const hint = "Name a file that the inspector recorded; `inspector open` without a file lists those that are kept.";
  return new InspectorError("not-a-session", message, { hint, cause });
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** What is added to a session's file name for that of its text index. */
export const TEXT_SUFFIX = "-text";

/** Opens a text index for writing; makes the file where there is none. It can be built again, so nothing waits for the disk. */
export function openTextIndex(file: string): Database {
  const database = new DatabaseSync(file) as unknown as Database;
  database.exec("PRAGMA trusted_schema = OFF; PRAGMA busy_timeout = 5000; PRAGMA synchronous = OFF;");
  database.exec("PRAGMA cache_size = -32000; PRAGMA temp_store = MEMORY;");
  chmodSync(file, 0o600);
  return database;
}

export function removeTextIndex(file: string): void {
  for (const suffix of ["", "-wal", "-shm"]) {
    rmSync(file + suffix, { force: true });
  }
}

/** SQL's `regexp(pattern, text)`; see compileFilter in packages/filter. */
function matchesExpression(pattern: unknown, text: unknown): number | null {
  if (text === null) {
    return null;
  }
  return compileExpression(String(pattern)).test(String(text)) ? 1 : 0;
}
