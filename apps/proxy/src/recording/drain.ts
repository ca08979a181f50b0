import { createQueries } from "@inspector/session";
import { createSessionIngest } from "../hub/ingest/session-ingest.ts";
import { openForWriting } from "../hub/sqlite.ts";

/** Reads all journals of a session whose relays are dead into it, in this process. */
export async function drainSession(
  file: string,
  journals: string,
  version: string,
): Promise<{ messages: number; bytes: number }> {
  const database = openForWriting(file);
  try {
    const queries = createQueries(database);
    const ingest = createSessionIngest({ database, file, journals, version, maxBytes: undefined });
    const before = queries.session(file);
    while (!ingest.progress.isDrained) {
      if (!ingest.step()) await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const after = queries.session(file);
    return { messages: after.last - before.last, bytes: after.bytes - before.bytes };
  } finally {
    database.close();
  }
}
