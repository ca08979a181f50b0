/** Opens session files with the driver that runs here. */
import { accessSync, chmodSync, constants, existsSync, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { InspectorError, reasonOf } from "@inspector/contract/inspector-error";
import { compileExpression } from "@inspector/filter/regex";
import { type Database, type Statement, textOf } from "@inspector/session/database";
import { completeOlder, readMeta } from "@inspector/session/open-session";
import { DatabaseSync } from "@photostructure/sqlite";
import { assertFile, isInWalMode } from "./database-file.ts";
import { makeReadableCopy } from "./readable-copy.ts";
import { removeTextIndex, sizeOf, TEXT_SUFFIX } from "./session-files.ts";
import { primaryCodeOf, SQLITE_BUSY, sessionInUse } from "./sqlite-code.ts";

type Driver = InstanceType<typeof DatabaseSync>;

/** Statements of one connection that are kept for their SQL: what is asked again and again, and some filters. */
const MAX_STATEMENTS = 200;

/**
 * A connection that prepares each SQL once. The driver frees a statement only when it is collected as garbage, of whose size
 * the collector knows nothing: prepared for each call, they take more and more memory.
 */
class Connection implements Database {
  readonly #driver: Driver;
  /** In the order of their last use. */
  readonly #statements = new Map<string, Statement>();

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  exec(sql: string): void {
    this.#driver.exec(sql);
  }

  prepare(sql: string): Statement {
    const statement = this.#statements.get(sql) ?? (this.#driver.prepare(sql) as unknown as Statement);
    this.#statements.delete(sql);
    this.#statements.set(sql, statement);
    for (const oldest of this.#statements.keys()) {
      if (this.#statements.size <= MAX_STATEMENTS) {
        break;
      }
      this.#statements.delete(oldest);
    }
    return statement;
  }

  close(): void {
    this.#statements.clear();
    this.#driver.close();
  }
}

/** Pages in the write-ahead log when it is brought into the file, 64 MB: the fewer times, the less often a page is written twice. */
const CHECKPOINT_PAGES = 4000;
/** What a log that was larger is cut to. */
const MAX_LOG_BYTES = 64 * 1024 * 1024;

/**
 * Opens a session for recording; makes the file, readable by its owner only, where there is none.
 * @throws {InspectorError} "not-a-session" where the name is that of a folder, a pipe or a device
 */
export function openForWriting(file: string): Database {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (existsSync(file)) {
    assertFile(file);
  }
  const database = new Connection(new DatabaseSync(file));
  // The cache is counted in pages when its size is set: before that of a page, it would get four times as large.
  database.exec("PRAGMA busy_timeout = 5000; PRAGMA synchronous = NORMAL; PRAGMA page_size = 16384;");
  database.exec(
    `PRAGMA cache_size = -8000; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}; PRAGMA journal_size_limit = ${MAX_LOG_BYTES}; PRAGMA temp_store = MEMORY;`,
  );
  if (existsSync(file)) {
    chmodSync(file, 0o600);
  }
  return database;
}

/**
 * The id of the session that a file holds by itself, without what is in its log alone; undefined where it holds none.
 * To be asked also while the session is open here: SQLite keeps its locks when one of several connections is closed.
 */
export function idInFile(file: string): string | undefined {
  try {
    const driver = new DatabaseSync(`${pathToFileURL(file).href}?immutable=1`, { readOnly: true });
    try {
      return textOf(Object(driver.prepare("SELECT value FROM session WHERE key = 'id'").get())["value"]);
    } finally {
      driver.close();
    }
  } catch {
    return undefined;
  }
}

/**
 * Brings the write-ahead log into the file, so that the file is the whole session: to be done when nothing more will come, since
 * SQLite itself does so only when it is closed by the book. Not while somebody reads from the log: then it stays as it is.
 */
export function foldLog(database: Database): void {
  database.exec("PRAGMA busy_timeout = 500; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA busy_timeout = 5000;");
}

/**
 * Leaves a session that nobody records into any more as one file, which opens from read-only media too.
 * While somebody else has it open it stays in write-ahead mode, with its log beside it.
 */
export function makeOneFile(database: Database): void {
  foldLog(database);
  try {
    database.exec("PRAGMA busy_timeout = 500; PRAGMA journal_mode = DELETE;");
  } catch (error) {
    if (primaryCodeOf(error) !== SQLITE_BUSY) {
      throw error;
    }
  }
}

/** As {@link makeOneFile}, of a session that is not open here, and of the index beside it. One that is gone is not made anew. */
export function finishFile(file: string): void {
  if (!existsSync(file)) {
    return;
  }
  finishTextIndex(file + TEXT_SUFFIX);
  const database = openForWriting(file);
  try {
    makeOneFile(database);
  } finally {
    database.close();
  }
}

/**
 * Opens a session to look at. The file is hostile input: nothing in its schema is trusted and nothing can be written.
 * Nothing is left beside it.
 * @throws {InspectorError} "no-such-session", "not-a-session", "session-denied", "newer-session", "session-in-use"
 */
export function openForReading(file: string): Database {
  if (!existsSync(file)) {
    throw new InspectorError("no-such-session", `${file} does not exist`, {
      hint: "`inspector open` without a file lists the sessions that are kept.",
    });
  }
  assertFile(file);
  const copy = needsCopy(file) ? makeReadableCopy(file) : undefined;
  try {
    return openSession(file, copy?.file ?? file);
  } finally {
    // What is open stays readable.
    copy?.remove();
  }
}

/** @param place where the session that is called `file` is read from */
function openSession(file: string, place: string): Database {
  const driver = openReadOnly(place);
  const database = new Connection(driver);
  try {
    driver.enableDefensive(true);
    driver.function("regexp", { deterministic: true }, matchesExpression);
    database.exec("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;");
    database.exec("PRAGMA busy_timeout = 5000; PRAGMA temp_store = MEMORY;");
    readMeta(database, file);
    // Now that the size of a page is known; before that it would get four times as large.
    database.exec("PRAGMA cache_size = -4000;");
    completeOlder(database);
    database.exec("PRAGMA query_only = ON;");
  } catch (error) {
    database.close();
    throw (
      sessionInUse(file, error) ??
      (error instanceof InspectorError ? error : notASession(`${file} is not a session: ${reasonOf(error)}`, error))
    );
  }
  return database;
}

function openReadOnly(file: string): Driver {
  try {
    return new DatabaseSync(isAtRest(file) ? `${pathToFileURL(file).href}?immutable=1` : file, { readOnly: true });
  } catch (cause) {
    throw notASession(`${file} cannot be opened: ${reasonOf(cause)}`, cause);
  }
}

/**
 * Whether a session in write-ahead mode was closed by whoever wrote it. Opening it as usual would make a log beside it, which a
 * reader does not take away, and cannot make on read-only media. The log is there as long as somebody writes.
 */
function isAtRest(file: string): boolean {
  const log = statSync(`${file}-wal`, { throwIfNoEntry: false });
  if (log !== undefined && (log.size > 0 || isWritable(dirname(file)))) {
    return false;
  }
  return isInWalMode(file);
}

/** Whether a recording that was cut short lies where SQLite cannot make the file by which it reads a log. */
function needsCopy(file: string): boolean {
  return sizeOf(`${file}-wal`) > 0 && !existsSync(`${file}-shm`) && !isWritable(dirname(file));
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function notASession(message: string, cause: unknown): InspectorError {
  const hint = "Name a file that the inspector recorded; `inspector open` without a file lists those that are kept.";
  return new InspectorError("not-a-session", message, { hint, cause });
}

/** Opens a text index for writing; makes the file where there is none. It can be built again, so nothing waits for the disk. */
export function openTextIndex(file: string): Database {
  if (existsSync(file)) {
    assertFile(file);
  }
  const database = new Connection(new DatabaseSync(file));
  database.exec("PRAGMA trusted_schema = OFF; PRAGMA busy_timeout = 5000; PRAGMA synchronous = OFF;");
  database.exec("PRAGMA cache_size = -4000; PRAGMA temp_store = MEMORY;");
  chmodSync(file, 0o600);
  return database;
}

/** Takes the log away that a hub which was killed has left beside an index. What cannot be read is built again. */
function finishTextIndex(file: string): void {
  if (!existsSync(`${file}-wal`)) {
    return;
  }
  try {
    const database = openTextIndex(file);
    try {
      foldLog(database);
    } finally {
      database.close();
    }
  } catch {
    removeTextIndex(file);
  }
}

/** SQL's `regexp(pattern, text)`; see compileFilter in packages/filter. */
function matchesExpression(pattern: unknown, text: unknown): number | null {
  if (text === null) {
    return null;
  }
  return compileExpression(String(pattern)).test(String(text)) ? 1 : 0;
}
