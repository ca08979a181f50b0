import { setImmediate as letSignalsIn, setTimeout as sleep } from "node:timers/promises";
import { InspectorError } from "@inspector/contract/inspector-error";
import { createSessionIngest } from "@inspector/hub/ingest/session-ingest";
import { storedLimit } from "@inspector/hub/size-limit";
import { makeOneFile, openForWriting } from "@inspector/hub/sqlite";
import { createQueries } from "@inspector/session/queries";

/**
 * Reads all journals of a session whose relays are dead into it, in this process.
 * @throws the signal's reason; the next start goes on from there
 */
export async function drainSession(
  file: string,
  journals: string,
  version: string,
  signal?: AbortSignal,
): Promise<{ messages: number; bytes: number }> {
  const database = openForWriting(file);
  try {
    // Not before the ingest has laid out the tables: a relay that was killed early may have left an empty file, or none.
    const total = (): { messages: number; bytes: number } => {
      const { last, bytes } = createQueries(database).session(file);
      return { messages: last, bytes };
    };
    let before: ReturnType<typeof total> | undefined;
    for (let isDrained = false; !isDrained; ) {
      const ingest = createSessionIngest({ database, file, journals, version, maxBytes: storedLimit(database) });
      before ??= total();
      try {
        while (!ingest.progress.isDrained) {
          await (ingest.step() ? letSignalsIn() : sleep(50));
          signal?.throwIfAborted();
        }
        isDrained = true;
      } catch (error) {
        // The hub of the relay that died is still at it: between the two of them everything is stored once.
        if (!(error instanceof InspectorError && error.code === "journal-moved")) {
          throw error;
        }
      } finally {
        ingest.close();
      }
    }
    makeOneFile(database);
    const after = total();
    return { messages: after.messages - (before?.messages ?? 0), bytes: after.bytes - (before?.bytes ?? 0) };
  } finally {
    database.close();
  }
}
