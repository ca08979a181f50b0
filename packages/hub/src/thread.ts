/**
 * Threads of the hub that end between two steps of their work. Ending one within a step, or the process under it, would
 * tear down SQLite in the middle of a call.
 */
import { once } from "node:events";
import { setPriority } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, type Worker } from "node:worker_threads";

const STOP = "stop";
/** How often a thread that waits looks whether it was asked to end. */
const STOP_LOOK_MS = 100;
/**
 * The longest step takes a fraction of this, also beside others who want the processor: a thread that takes more is stuck.
 * Questions about a million messages take seconds each, and tearing SQLite down in the middle of one may abort the process.
 */
const STOP_TIMEOUT_MS = 30_000;

/** For the thread: whether it was asked to end. */
export function stopRequested(): () => boolean {
  let isRequested = false;
  parentPort?.on("message", (message) => {
    isRequested ||= message === STOP;
  });
  return () => isRequested;
}

/** For the thread: waits, but no longer than a moment once it was asked to end. */
export async function sleepUntilStopped(ms: number, isStopping: () => boolean): Promise<void> {
  const until = performance.now() + ms;
  for (let left = ms; left > 0 && !isStopping(); left = until - performance.now()) {
    await sleep(Math.min(left, STOP_LOOK_MS));
  }
}

/**
 * For the thread, once it is ready: what is watched comes first. Where cores are few, the relay, the host and the worker are
 * to have them, and the page is to answer. Only Linux has priorities of threads; a whole hub that yields would take seconds
 * to start or stop on a busy machine.
 */
export function yieldToOthers(): void {
  if (process.platform === "linux") {
    setPriority(19);
  }
}

/**
 * For the hub: asks a thread to end and waits until it has.
 * @param word by which it is asked; the one that {@link stopRequested} hears where it is absent
 */
export async function stopThread(thread: Worker, word: unknown = STOP): Promise<void> {
  if (thread.threadId === -1) {
    return;
  }
  const exited = once(thread, "exit");
  thread.postMessage(word);
  const timer = setTimeout(() => void thread.terminate(), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(timer);
}
