import { InspectorError, reasonOf } from "@inspector/contract/inspector-error";
import { type Database, inTransaction, numberOf, textOf } from "./database.ts";
import { APPLICATION_ID, SCHEMA, SCHEMA_VERSION, schemaOf, schemaSince } from "./schema.ts";

/** What a session says of itself. */
export type SessionMeta = {
  readonly id: string;
  /** Milliseconds since the Unix epoch; every `at` of the session counts from here. */
  readonly startedAt: number;
  /** Version of the inspector that began the recording. */
  readonly version: string;
};

/** Lays out an empty database as a session, or checks that an existing one is a session, and brings it to this version. */
export function prepareForWriting(database: Database, file: string, create: () => SessionMeta): SessionMeta {
  if (isEmpty(database)) {
    const meta = create();
    database.exec("PRAGMA auto_vacuum = NONE;");
    writeAhead(database);
    inTransaction(database, () => {
      database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}; ${SCHEMA}`);
      const put = database.prepare("INSERT INTO session (key, value) VALUES (?, ?)");
      put.run("id", meta.id);
      put.run("started_at", String(meta.startedAt));
      put.run("version", meta.version);
    });
    return meta;
  }
  const meta = readMeta(database, file);
  writeAhead(database);
  const version = versionOf(database);
  if (version < SCHEMA_VERSION) {
    inTransaction(database, () => database.exec(`${schemaSince(version)} PRAGMA user_version = ${SCHEMA_VERSION}`));
  }
  return meta;
}

function isEmpty(database: Database): boolean {
  return numberOf(database.prepare("SELECT count(*) AS tables FROM sqlite_schema").get()?.["tables"]) === 0;
}

/** Who records and who looks do not wait for each other then. A session that is finished is not in that mode any more. */
function writeAhead(database: Database): void {
  database.exec("PRAGMA journal_mode = WAL;");
}

/**
 * Gives queries the tables that a session of an older version lacks, empty and for this connection only.
 * To be called behind {@link readMeta}, and before the connection is made read-only.
 */
export function completeOlder(database: Database): void {
  database.exec(schemaSince(versionOf(database)).replaceAll("CREATE TABLE ", "CREATE TEMP TABLE "));
}

function versionOf(database: Database): number {
  return numberOf(database.prepare("PRAGMA user_version").get()?.["user_version"]);
}

/**
 * Identity of an existing session. Its schema is compared word by word: a trigger or view that somebody added would run with our
 * queries, and a table of another form would make them lie.
 * @throws {InspectorError} "not-a-session", "newer-session"
 */
export function readMeta(database: Database, file: string): SessionMeta {
  const hint = "Sessions are files that the inspector wrote; `inspector open` lists those it keeps.";
  const asked = <Answer>(ask: () => Answer): Answer => {
    try {
      return ask();
    } catch (cause) {
      throw new InspectorError("not-a-session", `${file} is not a session: ${reasonOf(cause)}`, { hint, cause });
    }
  };
  const pragma = (name: string): number => asked(() => numberOf(database.prepare(`PRAGMA ${name}`).get()?.[name]));
  if (pragma("application_id") !== APPLICATION_ID) {
    if (asked(() => isEmpty(database))) {
      throw new InspectorError("not-a-session", `${file} is empty`, {
        hint: "A recording that is ended while it starts leaves such a file. What it had recorded by then, the next recording brings in.",
      });
    }
    throw new InspectorError("not-a-session", `${file} is a database, but not a session of the inspector`, { hint });
  }
  const version = pragma("user_version");
  if (version > SCHEMA_VERSION) {
    throw newerSession(database, file, version);
  }
  const oddity = schemaOddity(database, schemaOf(version));
  if (oddity !== undefined) {
    throw new InspectorError("not-a-session", `${file} is no session that the inspector wrote: ${oddity}`, { hint });
  }
  const value = (key: string): string =>
    textOf(database.prepare("SELECT value FROM session WHERE key = ?").get(key)?.["value"]) ?? "";
  return { id: value("id"), startedAt: Number(value("started_at")), version: value("version") };
}

/** What is in it is unknown, but which inspector wrote it has been said in one place since the first version. */
function newerSession(database: Database, file: string, version: number): InspectorError {
  const writer = writerOf(database);
  const what = `${file} was recorded by a newer inspector${writer === undefined ? "" : `, ${writer}`}`;
  return new InspectorError("newer-session", `${what} (format ${version}; this one reads up to ${SCHEMA_VERSION})`, {
    hint: `Install ${writer === undefined ? "a newer inspector" : `inspector ${writer} or newer`} to open it.`,
  });
}

function writerOf(database: Database): string | undefined {
  try {
    const version = textOf(database.prepare("SELECT value FROM session WHERE key = 'version'").get()?.["value"]);
    return /^[\w.+-]{1,40}$/u.test(version ?? "") ? version : undefined;
  } catch {
    return undefined;
  }
}

/** What distinguishes a database's schema from that of a session; undefined for nothing. */
function schemaOddity(database: Database, schema: string): string | undefined {
  const missing = new Set(schema.split(";").map((statement) => statement.trim()));
  missing.delete("");
  // Indexes that SQLite makes by itself have no statement.
  for (const { type, name, sql } of database.prepare("SELECT type, name, sql FROM sqlite_schema").all()) {
    const statement = textOf(sql)?.trim();
    if (statement !== undefined && !missing.delete(statement)) {
      return `it has another ${textOf(type)} ${textOf(name)}`;
    }
  }
  const [first] = missing;
  return first === undefined ? undefined : `it lacks "${first.slice(0, 40).split("(")[0]?.trim()}"`;
}
