/** What a kept session is told by in a list: when it was, of which app, how long, and what failed in it. */
import type { SessionSummary } from "@inspector/contract/page";
import { decodeMessage } from "@inspector/proto";
import { type Database, numberOf } from "@inspector/session/database";
import { createQueries } from "@inspector/session/queries";
import { sessionFigures } from "@inspector/session/session-figures";
import { createReadPayload } from "./payload.ts";
import { labelsIn } from "./session-labels.ts";
import { openForReading } from "./sqlite.ts";

export type SessionContents = Pick<
  SessionSummary,
  "startedAt" | "messages" | "app" | "length" | "invocations" | "failures" | "title" | "note"
>;

/** Requests that are looked into for the folder of the app, the newest first: any of them may name none. */
const LOOKED_INTO = 8;

/** A file that cannot be read has no contents. @param modifiedAt milliseconds since the Unix epoch */
export function readSessionContents(path: string, modifiedAt: number): SessionContents {
  try {
    const database = openForReading(path);
    try {
      return contentsOf(database);
    } finally {
      database.close();
    }
  } catch {
    return { startedAt: modifiedAt, messages: 0 };
  }
}

function contentsOf(database: Database): SessionContents {
  const startedAt = database.prepare("SELECT value FROM session WHERE key = 'started_at'").get()?.["value"];
  const app = appOf(database);
  return {
    startedAt: Number(startedAt ?? 0),
    messages: createQueries(database).lastSeq(),
    ...sessionFigures(database),
    ...(app !== undefined && { app }),
    ...labelsIn(database),
  };
}

/** The name of the folder that the host has the app in, as it told its workers. */
function appOf(database: Database): string | undefined {
  const readPayload = createReadPayload(createQueries(database));
  const requests = database
    .prepare(
      `SELECT started_seq AS seq FROM worker_step WHERE step IN ('init', 'reload', 'index') AND started_seq IS NOT NULL
       ORDER BY id DESC LIMIT ${LOOKED_INTO}`,
    )
    .all();
  for (const { seq } of requests) {
    const payload = readPayload(numberOf(seq));
    const decoded = payload && decodeMessage(payload);
    const content = decoded?.ok ? decoded.message.content.value : undefined;
    const directory = content !== undefined && "functionAppDirectory" in content ? content.functionAppDirectory : "";
    const name = directory.split(/[/\\]/).findLast((part) => part !== "");
    if (name !== undefined) {
      return name;
    }
  }
  return undefined;
}
