/** Starts reader threads. */
import { Worker } from "node:worker_threads";
import type { FromReader, ToReader } from "../../reader/lines.ts";
import type { ReaderThreadOptions } from "../../reader/reader-thread.ts";
import { stopThread } from "../../thread.ts";

export type ReaderEvents = {
  onMessage(message: FromReader): void;
  /** It has ended, though nobody told it to. */
  onDied(reason: string): void;
};

export type RunningReader = {
  post(message: ToReader): void;
  /** Ends it between two pieces of work. */
  stop(): Promise<void>;
  /** Ends it wherever it is. A statement of SQL that is being answered runs to its end, but nobody hears of that. */
  terminate(): void;
};

export type StartReader = (options: ReaderThreadOptions, events: ReaderEvents) => RunningReader;

/** @param script what the thread runs */
export function startThreads(script: URL): StartReader {
  return (workerData, { onMessage, onDied }) => {
    const thread = new Worker(script, { workerData });
    let isExpected = false;
    let reason = "it ended";
    thread.on("message", onMessage);
    thread.on("error", (error) => {
      reason = error.message;
    });
    thread.on("exit", () => {
      if (!isExpected) {
        onDied(reason);
      }
    });
    return {
      post: (message) => thread.postMessage(message),
      async stop() {
        isExpected = true;
        await stopThread(thread, { type: "stop" } satisfies ToReader);
      },
      terminate() {
        isExpected = true;
        void thread.terminate();
      },
    };
  };
}

/** Beside this one where everything is bundled. */
export const startReaderThread = startThreads(new URL("./reader-thread.js", import.meta.url));
