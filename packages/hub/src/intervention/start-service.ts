/** Starts the thread of interventions. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { FromService, ServiceOptions, ToService } from "./service.ts";

export type RunningService = {
  post(message: ToService): void;
  stop(): Promise<void>;
};

export type StartService = (options: ServiceOptions, onMessage: (message: FromService) => void) => RunningService;

/** The longest step takes a fraction of this. */
const STOP_TIMEOUT_MS = 5_000;

export const startServiceThread: StartService = (workerData, onMessage) => {
  const thread = new Worker(new URL("./intervention-thread.js", import.meta.url), { workerData });
  thread.on("message", onMessage);
  // A thread that died takes the hub with it: relays let go of what they hold, and the next hub begins with none.
  thread.on("error", (error) => {
    throw error;
  });
  return {
    post: (message) => thread.postMessage(message),
    async stop() {
      if (thread.threadId === -1) {
        return;
      }
      const exited = once(thread, "exit");
      thread.postMessage({ type: "stop" } satisfies ToService);
      const timer = setTimeout(() => void thread.terminate(), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(timer);
    },
  };
};
