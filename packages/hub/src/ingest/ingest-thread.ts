/** Thread of the hub that does nothing but bring journals into the session. */
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { foldLog, openForWriting } from "../sqlite.ts";
import { stopRequested, yieldToOthers } from "../thread.ts";
import { createSessionIngest, type IngestOptions, type IngestProgress } from "./session-ingest.ts";

/** How long to wait when there is nothing to read. */
const IDLE_MS = 15;
/** How long to wait after the session could not be written. */
const FAULT_MS = 500;

export type IngestThreadOptions = Omit<IngestOptions, "database">;

export type IngestThreadMessage =
  | ({ readonly type: "progress" } & IngestProgress)
  /** The session cannot be written right now; journals grow meanwhile. */
  | { readonly type: "fault"; readonly reason: string };

const port = parentPort;
if (port === null) {
  throw new Error("the ingest runs as a thread of the hub");
}
const options = workerData as IngestThreadOptions;
const isStopping = stopRequested();

function tell(message: IngestThreadMessage): void {
  port?.postMessage(message);
}

/** Runs until something throws, which leaves the state in memory unlike the one in the file: the caller begins anew. */
async function ingest(): Promise<void> {
  const database = openForWriting(options.file);
  let running: ReturnType<typeof createSessionIngest> | undefined;
  try {
    running = createSessionIngest({ ...options, database });
    let told = "";
    let isFolded = false;
    while (!isStopping()) {
      const isBusy = running.step();
      const { progress } = running;
      if (progress.isDrained && !isFolded) {
        foldLog(database);
      }
      isFolded = progress.isDrained;
      const line = JSON.stringify(progress);
      // What was read may have ended a stream without adding a message.
      if (isBusy || line !== told) {
        tell({ type: "progress", ...progress });
      }
      if (told === "") {
        yieldToOthers();
      }
      told = line;
      // A turn of the event loop even when busy, for the lines to the relays.
      await sleep(isBusy ? 0 : IDLE_MS);
    }
  } finally {
    running?.close();
    database.close();
  }
}

while (!isStopping()) {
  try {
    await ingest();
  } catch (error) {
    tell({ type: "fault", reason: error instanceof Error ? error.message : String(error) });
    await sleep(FAULT_MS);
  }
}
process.exit(0);
