/** Thread of the hub that does nothing but bring journals into the session. */

import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { reasonOf } from "@inspector/contract/inspector-error";
import type { Database } from "@inspector/session/database";
import { foldLog, idInFile, openForWriting } from "../sqlite.ts";
import { stopRequested, yieldToOthers } from "../thread.ts";
import { type Rescue, rescueSession } from "./rescue.ts";
import { createSessionIngest, type IngestOptions, type IngestProgress } from "./session-ingest.ts";
import { SessionLost } from "./session-watch.ts";
import { isDamage } from "./storage-fault.ts";

/**
 * From the beginning of one transaction to that of the next. What comes in between is stored together: waking up more often would
 * take the processor from those who are watched, less often would show a row later than a tenth of a second.
 */
const COMMIT_INTERVAL_MS = 50;
/** How long to wait after the session could not be written. */
const FAULT_MS = 500;

export type IngestThreadOptions = Omit<IngestOptions, "database">;

export type IngestThreadMessage =
  | ({ readonly type: "progress" } & IngestProgress)
  /** The session cannot be written right now; journals grow meanwhile. */
  | { readonly type: "fault"; readonly reason: string }
  /** The session was lost under the recording and is in a new file; nothing more will come of this thread. */
  | ({ readonly type: "moved" } & Rescue);

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
async function ingest(database: Database): Promise<void> {
  const running = createSessionIngest({ ...options, database });
  try {
    let told = "";
    let isFolded = false;
    while (!isStopping()) {
      const began = performance.now();
      const isBusy = running.step();
      const { progress } = running;
      const line = JSON.stringify(progress);
      // What was read may have ended a stream without adding a message.
      if (isBusy || line !== told) {
        tell({ type: "progress", ...progress });
      }
      if (told === "") {
        yieldToOthers();
      }
      told = line;
      if (progress.isDrained && !isFolded) {
        foldLog(database);
      }
      isFolded = progress.isDrained;
      // A turn of the event loop even when busy, for the lines to the relays.
      await sleep(running.isBehind ? 0 : Math.max(0, began + COMMIT_INTERVAL_MS - performance.now()));
    }
  } finally {
    running.close();
  }
}

/** Keeps the database open until its content is in a file again: closing it would be the end of what was removed. */
async function rescue(database: Database, lost: SessionLost): Promise<void> {
  while (!isStopping()) {
    try {
      tell({ type: "moved", ...rescueSession(database, options.file, lost, options.journals) });
      return;
    } catch (error) {
      tell({ type: "fault", reason: `${lost.message}, and it cannot be written again: ${reasonOf(error)}` });
      await sleep(FAULT_MS);
    }
  }
}

/** Records until it is asked to stop, or until the session is in another file. */
async function record(): Promise<void> {
  let database: Database | undefined;
  try {
    database = openForWriting(options.file);
    await ingest(database);
  } catch (error) {
    const isDamaged = isDamage(error) && idInFile(options.file) !== undefined;
    const lost = isDamaged ? new SessionLost(options.file, "damaged") : error;
    if (database === undefined || !(lost instanceof SessionLost)) {
      throw error;
    }
    await rescue(database, lost);
  } finally {
    database?.close();
  }
}

for (let isOver = false; !isOver && !isStopping(); ) {
  try {
    await record();
    isOver = true;
  } catch (error) {
    tell({ type: "fault", reason: reasonOf(error) });
    await sleep(FAULT_MS);
  }
}
// Whoever started it ends it: after a rescue another one records into the new file.
while (!isStopping()) {
  await sleep(COMMIT_INTERVAL_MS);
}
process.exit(0);
