/** How a worker process ended, or that the host gave up on it although it was running. */
export type WorkerEnd = {
  readonly code: number | undefined;
  readonly signal: string | undefined;
  /** Its functions were loaded and none was running. */
  readonly wasIdle?: boolean;
  /** The host ended it: it was too slow to start or refused to initialise, ran a function for too long, or is not needed. */
  readonly endedByHost?: "failed" | "function-timeout" | "stop";
};

export type RestartDecision =
  | { readonly action: "none" }
  | { readonly action: "restart"; readonly delay: number; readonly errors: readonly number[] }
  | { readonly action: "give-up"; readonly errors: readonly number[] };

/** A worker that wants to be started anew exits with this code, which is not counted as an error. */
const INTENTIONAL_RESTART = 200;
/** 128 + 15: how a process ends that was asked to, where it handles SIGTERM; .NET says the same of one that does not. */
const TERMINATED = 143;
const ERROR_WINDOW = 30 * 60_000;
const ERRORS_PER_PROCESS = 3;
const FIRST_DELAY_MS = 1000;

/**
 * What the host does after a worker is gone: nothing after code 0, a restart after 200, after a function that took too
 * long or when somebody asked an idle worker to terminate (as hosts do since 4.1053, pull request 11944), and otherwise a
 * restart with a growing delay, until there were three errors per process within half an hour.
 *
 * @param state `errors` are the times of earlier errors, `now` the present, `longestDelay` the limit, all in ms
 */
export function decideRestart(
  end: WorkerEnd,
  state: {
    readonly errors: readonly number[];
    readonly now: number;
    readonly processCount: number;
    readonly longestDelay: number;
  },
): RestartDecision {
  const recent = state.errors.filter((time) => state.now - time < ERROR_WINDOW);
  const isAskedToEnd = end.wasIdle === true && (end.code === TERMINATED || end.signal === "SIGTERM");
  if (end.endedByHost === "function-timeout" || end.code === INTENTIONAL_RESTART || isAskedToEnd) {
    return { action: "restart", delay: 0, errors: recent };
  }
  if (end.code === 0 && end.endedByHost === undefined) {
    return { action: "none" };
  }
  const errors = [...recent, state.now];
  if (errors.length >= ERRORS_PER_PROCESS * state.processCount) {
    return { action: "give-up", errors };
  }
  const delay = Math.min(FIRST_DELAY_MS * 2 ** (errors.length - 1), state.longestDelay);
  return { action: "restart", delay, errors };
}

/** What a host logs when it stops for too many worker errors; people search for this sentence. */
export function formatGaveUp(language: string): string {
  return `Exceeded language worker restart retry count for runtime:${language}. Shutting down and proactively recycling the Functions Host to recover`;
}
