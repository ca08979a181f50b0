/**
 * Whatever this program gets wrong, the streams that pass through it go on: a fault is said and recorded, and does not
 * end the process that host and worker depend on. One that comes again and again is counted.
 */
import { CountedEvents } from "@inspector/relay/counted-events";
import type { JournalEvent } from "@inspector/relay/journal";
import { complain } from "../output.ts";

/** @returns records what was only counted so far; to be called when the recording ends */
export function surviveFaults(record: (event: JournalEvent) => void): () => void {
  const counted = new CountedEvents(record);
  process.on("uncaughtException", (error) => {
    const { message } = error;
    if (counted.add(message, { type: "fault", message })) {
      complain(`inspector: a fault of its own, recording goes on: ${error.stack ?? error}\n`);
    }
  });
  return () => counted.close();
}
