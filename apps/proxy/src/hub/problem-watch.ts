/** Looks for problems beside everything else: not before somebody asked, and then in slices that block nobody. */
import { createProblems, type Database, type Problems, type SessionInfo } from "@inspector/session";

/** How long somebody who asks is kept waiting for what is new, and how long a slice takes when nobody does. */
const ASKED_MS = 150;
const SLICE_MS = 10;
const PAUSE_MS = 40;

export type ProblemWatch = {
  /** What is known; `through` says how far the search has come. */
  ask(): Problems;
  close(): void;
};

export function createProblemWatch(database: Database, info: () => SessionInfo): ProblemWatch {
  const { startedAt, source } = info();
  const finder = createProblems(database, source === "live" ? { now: () => (Date.now() - startedAt) * 1e6 } : {});
  let timer: NodeJS.Timeout | undefined;

  function goOn(): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      if (finder.step(SLICE_MS)) goOn();
    }, PAUSE_MS);
  }

  return {
    ask() {
      if (finder.step(ASKED_MS)) goOn();
      return finder.current;
    },
    close: () => clearTimeout(timer),
  };
}
