/** What somebody has written about a session: a title, and a note. They stand in the session itself. */
import { InspectorError } from "@inspector/contract/inspector-error";
import { MAX_LABEL_CHARACTERS, type SessionLabels } from "@inspector/contract/page";
import { type Database, inTransaction, textOf } from "@inspector/session/database";
import { readMeta } from "@inspector/session/open-session";
import { optional } from "@inspector/session/sql-values";
import { makeOneFile, openForReading, openForWriting } from "./sqlite.ts";
import { sessionInUse } from "./sqlite-code.ts";

/** Whoever holds the session that long will not let go of it soon; the hub does nothing else meanwhile. */
const BUSY_MS = 500;

/** @throws {InspectorError} "not-a-session" */
export function readLabels(file: string): SessionLabels {
  const database = openForReading(file);
  try {
    return labelsIn(database);
  } finally {
    database.close();
  }
}

export function labelsIn(database: Database): SessionLabels {
  const value = database.prepare("SELECT value FROM session WHERE key = ?");
  const label = (key: keyof SessionLabels) => textOf(value.get(key)?.["value"])?.slice(0, MAX_LABEL_CHARACTERS[key]);
  return { ...optional("title", label("title")), ...optional("note", label("note")) };
}

type GivenLabels = { readonly [Key in keyof SessionLabels]?: string | undefined };

/**
 * Writes those that are given, all of them or none; "" takes one away. The session stays one of its version.
 * @throws {InspectorError} "bad-label", "not-a-session", "session-in-use"
 */
export function writeLabels(file: string, labels: GivenLabels): void {
  for (const key of KEYS) {
    if ((labels[key]?.length ?? 0) > MAX_LABEL_CHARACTERS[key]) {
      throw new InspectorError("bad-label", `The ${key} has more than ${MAX_LABEL_CHARACTERS[key]} characters`, {
        hint: "Keep it in a file beside the session.",
      });
    }
  }
  // Refuses what is no session before anything is written to it.
  openForReading(file).close();
  const database = openForWriting(file);
  try {
    database.exec(`PRAGMA busy_timeout = ${BUSY_MS};`);
    inTransaction(database, () => {
      readMeta(database, file);
      putLabels(database, labels);
    });
    makeOneFile(database);
  } catch (error) {
    throw sessionInUse(file, error) ?? error;
  } finally {
    database.close();
  }
}

const KEYS = ["title", "note"] as const;

function putLabels(database: Database, labels: GivenLabels): void {
  const put = database.prepare("INSERT OR REPLACE INTO session (key, value) VALUES (?, ?)");
  const remove = database.prepare("DELETE FROM session WHERE key = ?");
  for (const key of KEYS) {
    const value = labels[key];
    if (value === "") {
      remove.run(key);
    } else if (value !== undefined) {
      put.run(key, value);
    }
  }
}
