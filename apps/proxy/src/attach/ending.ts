/** How a process ends as another one did, and how signals that come meanwhile are passed on. The shim bundles this file. */
import type { ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { constants } from "node:os";

export type Ending = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/** How long a signal of our own may take to end us. */
const OWN_SIGNAL_MS = 1_000;

/** Always passed on: nobody but who sent it to us tells the child. */
const PASSED = ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2"] as const;
/** A terminal sends these to every process of the group, so the child has them already. */
const OF_TERMINALS = ["SIGINT", "SIGQUIT"] as const;

/** Ends this process with the same exit code, or by the same signal. */
export function endAs({ code, signal }: Ending): void {
  if (signal === null) {
    process.exit(code ?? 1);
  }
  try {
    // Node ignores some signals and has its own use of others: a listener that goes away leaves the system's default.
    process.on(signal, () => {});
    process.removeAllListeners(signal);
  } catch {
    // SIGKILL and SIGSTOP have no listeners.
  }
  process.kill(process.pid, signal);
  setTimeout(() => process.exit(128 + constants.signals[signal]), OWN_SIGNAL_MS);
}

/**
 * Passes signals on to the child for as long as it runs; this process outlives them.
 * @param child asked for when a signal comes; where there is none yet, `early` is called instead
 */
export function passSignalsOn(child: () => ChildProcess | undefined, early: (signal: NodeJS.Signals) => void): void {
  const pass = (signal: NodeJS.Signals): void => {
    const to = child();
    if (to === undefined) {
      early(signal);
    } else {
      to.kill(signal);
    }
  };
  if (process.platform === "win32") {
    // A console tells all its processes; to send a signal to one would kill it.
    for (const signal of ["SIGINT", "SIGBREAK", "SIGHUP"] as const) {
      process.on(signal, () => {});
    }
    return;
  }
  for (const signal of PASSED) {
    process.on(signal, () => pass(signal));
  }
  for (const signal of OF_TERMINALS) {
    process.on(signal, () => {
      if (child() === undefined || !hasTerminal()) {
        pass(signal);
      }
    });
  }
}

/** Whether this process belongs to a terminal, which tells the whole group of Ctrl-C. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
}
