/** Brings the journals of killed relays into their sessions beside a recording that runs, in a process of its own. */

import { fork } from "node:child_process";
import { reasonOf } from "@inspector/contract/inspector-error";
import { allJournals } from "@inspector/hub/ingest/journals";
import type { StateFolder } from "@inspector/hub/state-folder";
import { isRunning } from "./recover.ts";

/** What the process is told, once. */
export type RecoveryCommand = { readonly state: StateFolder; readonly except: string | undefined };

/** A line for the user. */
export type RecoveryReport = { readonly line: string };

/**
 * Recovers what is there to be recovered, if anything is.
 * @param except a session that is recorded into: its hub reads the old journal before the new one
 * @returns stops it; the next start goes on from there
 */
export function startRecovery(state: StateFolder, except: string | undefined, say: (line: string) => void): () => void {
  let stop = (): void => {};
  let isStopped = false;
  void hasDeadJournals(state).then((isNeeded) => {
    if (isNeeded && !isStopped) {
      stop = run({ state, except }, say);
    }
  });
  return () => {
    isStopped = true;
    stop();
  };
}

async function hasDeadJournals({ journals }: StateFolder): Promise<boolean> {
  const running = await Promise.all(allJournals(journals).map(isRunning));
  return running.includes(false);
}

function run(command: RecoveryCommand, say: (line: string) => void): () => void {
  const fail = (reason: string): void => say(`could not recover recordings that were cut short: ${reason}`);
  let child: ReturnType<typeof fork>;
  try {
    child = fork(new URL("./recovery.js", import.meta.url), [], { stdio: ["ignore", "ignore", "ignore", "ipc"] });
  } catch (error) {
    fail(reasonOf(error));
    return () => {};
  }
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  child.on("error", (error) => fail(error.message));
  child.once("exit", (code) => {
    process.off("exit", kill);
    if (code !== 0 && code !== null) {
      fail(`its process ended with exit code ${code}`);
    }
  });
  child.on("message", ({ line }: RecoveryReport) => say(line));
  if (child.pid !== undefined) {
    child.send(command, () => {});
  }
  return kill;
}
