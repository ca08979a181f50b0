/** Starts the thread of interventions. */
import { Worker } from "node:worker_threads";
import { stopThread } from "../thread.ts";
import type { FromService, ServiceOptions, ToService } from "./service.ts";

export type RunningService = {
  post(message: ToService): void;
  stop(): Promise<void>;
};

export type StartService = (options: ServiceOptions, onMessage: (message: FromService) => void) => RunningService;

export const startServiceThread: StartService = (workerData, onMessage) => {
  const thread = new Worker(new URL("./intervention-thread.js", import.meta.url), { workerData });
  thread.on("message", onMessage);
  // A thread that died takes the hub with it: relays let go of what they hold, and the next hub begins with none.
  thread.on("error", (error) => {
    throw error;
  });
  return {
    post: (message) => thread.postMessage(message),
    stop: () => stopThread(thread, { type: "stop" } satisfies ToService),
  };
};
