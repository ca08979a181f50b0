import { constants } from "node:os";
import { InspectorError } from "@inspector/contract/inspector-error";

/** What ends a command: Ctrl-C, a process manager, a terminal that is closed. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** `npx` and process groups deliver one Ctrl-C twice: only what comes later than this is impatience. */
const SAME_SIGNAL_MS = 300;
/** How long the work may take before something is said about it. */
const SLOW_MS = 1_000;

export type Stop = {
  readonly requested: Promise<void>;
  /** Aborted by the same. */
  readonly signal: AbortSignal;
};

/**
 * Listens for signals from the moment this is called: to be called before anything is started, so that one that comes early
 * does not kill. A second one ends the process at once.
 */
export function listenForStop(): Stop {
  const controller = new AbortController();
  const requested = new Promise<void>((resolve) => {
    let first: number | undefined;
    for (const name of SIGNALS) {
      process.on(name, () => {
        first ??= performance.now();
        resolve();
        controller.abort(new InspectorError("stopped", "Stopped before it was ready"));
        if (performance.now() - first > SAME_SIGNAL_MS) {
          process.exit(128 + constants.signals[name]);
        }
      });
    }
  });
  return { requested, signal: controller.signal };
}

/**
 * Waits to be stopped, then for the end of the work.
 * @param finish resolves with the exit code
 */
export async function untilStopped(
  { requested }: Pick<Stop, "requested">,
  finish: () => Promise<number>,
  say: (line: string) => void,
): Promise<number> {
  await requested;
  const slow = setTimeout(() => {
    say("Writing the rest of the session; press Ctrl-C again to leave that to the next start.");
  }, SLOW_MS);
  const code = await finish();
  clearTimeout(slow);
  return code;
}
