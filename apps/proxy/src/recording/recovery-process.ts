/**
 * The process of recovery.ts. Whenever it is killed, nothing is lost and nothing is stored twice. A thread does the work, so that
 * this process ends at once with the one that started it.
 */
import { setPriority } from "node:os";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { recoverJournals } from "./recover.ts";
import type { RecoveryCommand, RecoveryReport } from "./recovery.ts";

function waitForCommand(): void {
  const end = (): void => void process.kill(process.pid, "SIGKILL");
  // Ctrl-C in a terminal goes to every process of the group; this one is ended by the relay's.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {});
  }
  process.once("disconnect", end);
  if (!process.connected) {
    end(); // Before this program was read.
  }
  process.once("message", (command: RecoveryCommand) => {
    const thread = new Worker(new URL(import.meta.url), { workerData: command });
    thread.on("message", (report: RecoveryReport) => process.send?.(report, undefined, {}, () => {}));
    thread.once("exit", (code) => {
      process.exitCode = code;
      process.off("disconnect", end);
      process.disconnect();
    });
  });
}

async function recover({ state, except }: RecoveryCommand): Promise<void> {
  // What is watched comes first.
  setPriority(19);
  await recoverJournals(state, except, (line) => parentPort?.postMessage({ line } satisfies RecoveryReport));
}

if (isMainThread) {
  waitForCommand();
} else {
  await recover(workerData as RecoveryCommand);
}
