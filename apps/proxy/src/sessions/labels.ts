/** What somebody has written about a session: a title, and a note. They stand in the session itself. */
import { InspectorError } from "@inspector/contract/inspector-error";
import { makeOneFile, openForReading, openForWriting } from "@inspector/hub/sqlite";
import { type Database, textOf } from "@inspector/session/database";
import { readMeta } from "@inspector/session/open-session";

export type Labels = { readonly title?: string | undefined; readonly note?: string | undefined };

/** More is a document, and belongs beside the session. */
const MAX_CHARACTERS: Readonly<Record<keyof Labels, number>> = { title: 200, note: 20_000 };

/** @throws {InspectorError} "not-a-session" */
export function readLabels(file: string): Labels {
  const database = openForReading(file);
  try {
    return { title: labelIn(database, "title"), note: labelIn(database, "note") };
  } finally {
    database.close();
  }
}

function labelIn(database: Database, key: keyof Labels): string | undefined {
  return textOf(database.prepare("SELECT value FROM session WHERE key = ?").get(key)?.["value"]);
}

/**
 * Writes those that are given; "" takes one away. The session stays one of its version.
 * @throws {InspectorError} "bad-option", "not-a-session"
 */
export function writeLabels(file: string, labels: Labels): void {
  for (const key of ["title", "note"] as const) {
    if ((labels[key]?.length ?? 0) > MAX_CHARACTERS[key]) {
      throw new InspectorError("bad-option", `--${key} has more than ${MAX_CHARACTERS[key]} characters`, {
        hint: "Keep it in a file beside the session.",
      });
    }
  }
  // Refuses what is no session before anything is written to it.
  openForReading(file).close();
  const database = openForWriting(file);
  try {
    readMeta(database, file);
    const put = database.prepare("INSERT OR REPLACE INTO session (key, value) VALUES (?, ?)");
    for (const key of ["title", "note"] as const) {
      const value = labels[key];
      if (value === "") {
        database.prepare("DELETE FROM session WHERE key = ?").run(key);
      } else if (value !== undefined) {
        put.run(key, value);
      }
    }
    makeOneFile(database);
  } finally {
    database.close();
  }
}
