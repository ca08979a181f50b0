/** Builds text indexes in threads of their own. */
import { Worker } from "node:worker_threads";
import type { StartIndexing } from "@inspector/reader/session-text";
import { stopThread } from "../thread.ts";

/** Threads that were told to stop and have not yet. */
const stopping = new Set<Promise<void>>();

/** Resolves when every thread that was stopped has ended: before the process does, so that no call is torn down. */
export async function indexingStopped(): Promise<void> {
  await Promise.all(stopping);
}

/** @param delayMs how long after it was wanted a thread is started */
export function indexingThreads(delayMs: number): StartIndexing {
  return (workerData, onMessage) => {
    let thread: Worker | undefined;
    const timer = setTimeout(() => {
      thread = new Worker(new URL("./text-thread.js", import.meta.url), { workerData });
      thread.on("message", onMessage);
      thread.on("error", (error) => onMessage({ type: "fault", reason: error.message }));
      thread.unref();
    }, delayMs);
    return {
      stop() {
        clearTimeout(timer);
        if (thread !== undefined) {
          const stopped: Promise<void> = stopThread(thread).finally(() => stopping.delete(stopped));
          stopping.add(stopped);
        }
      },
    };
  };
}
