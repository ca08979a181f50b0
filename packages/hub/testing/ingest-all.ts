import { createSessionIngest } from "../src/ingest/session-ingest.ts";
import { openForWriting } from "../src/sqlite.ts";
import type { Folder } from "./served-sessions.ts";

/** Brings what the journals hold into a session, as a hub that ends right afterwards, or after so many batches. */
export function ingestAll({ journals }: Folder, file: string, batches = Number.POSITIVE_INFINITY): void {
  const database = openForWriting(file);
  const running = createSessionIngest({ database, file, journals, version: "0", maxBytes: undefined });
  for (let batch = 0; batch < batches && running.step(); batch += 1) {}
  running.close();
  database.close();
}
