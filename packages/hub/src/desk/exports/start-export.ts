/** Starts the process of an export. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { ExportJob, FromExport, ToExport } from "../../export/export-lines.ts";
import { SMALL_HEAP } from "../../export/small-heap.ts";

export type ExportEvents = {
  onMessage(message: FromExport): void;
  /** It has ended, by itself or because it was stopped. @param reason for people: "code 1", "SIGKILL" */
  onEnded(reason: string): void;
};

export type RunningExport = {
  /** Ends it wherever it is, and resolves when it has ended. */
  stop(): Promise<void>;
};

export type StartExport = (job: ExportJob, events: ExportEvents) => RunningExport;

/** Redaction knows 200 000 values at most, and a form holds a page of rows: it takes a fraction of this. */
const MAX_HEAP_MB = 1024;

/** Beside this one where everything is bundled. */
export const startExportProcess: StartExport = (job, { onMessage, onEnded }) => {
  const child = fork(fileURLToPath(new URL("./export-process.js", import.meta.url)), {
    execArgv: [`--max-old-space-size=${MAX_HEAP_MB}`, ...SMALL_HEAP],
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  let hasEnded = false;
  const end = (reason: string): void => {
    if (!hasEnded) {
      hasEnded = true;
      onEnded(reason);
    }
  };
  child.on("message", (message) => onMessage(message as FromExport));
  child.on("error", (error) => end(error.message));
  child.on("exit", (code, signal) => end(signal ?? `code ${code}`));
  child.send({ type: "start", job } satisfies ToExport, () => {});
  return {
    async stop() {
      if (!hasEnded) {
        const exited = once(child, "exit");
        child.kill("SIGKILL");
        await exited;
      }
    },
  };
};
