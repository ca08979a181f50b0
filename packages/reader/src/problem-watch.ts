/** Looks for problems beside everything else, in slices that block nobody. */
import { createProblems, type ProblemFinder } from "@inspector/analysis/problems/problems";
import type { Nanos, Problems, SessionInfo } from "@inspector/contract/page";
import type { Database } from "@inspector/session/database";

/** How long somebody who asks is kept waiting for what is new, and how long a slice takes when nobody does. */
const ASKED_MS = 30;
const SLICE_MS = 10;
const PAUSE_MS = 40;
/** How often a session that is being recorded is looked at again: time alone can make a problem. */
const IDLE_MS = 1000;

export type ProblemWatch = {
  /** What is known; `through` says how far the search has come. */
  ask(): Problems;
  readonly counts: NonNullable<SessionInfo["problems"]>;
  close(): void;
};

/**
 * @param present the time now of a session that is recorded; undefined for one that stands still
 * @param onChange told when the counts are others than before
 */
export function createProblemWatch(
  database: Database,
  present: (() => Nanos) | undefined,
  onChange: () => void,
): ProblemWatch {
  const isLive = present !== undefined;
  const finder = createProblems(database, isLive ? { now: present } : {});
  let counts = finder.counts;
  let timer: ReturnType<typeof setTimeout>;

  function look(budget: number): void {
    const isMore = stepOf(finder, budget);
    clearTimeout(timer);
    if (isMore || isLive) {
      timer = setTimeout(look, isMore ? PAUSE_MS : IDLE_MS, SLICE_MS);
    }
    const before = counts;
    counts = finder.counts;
    if (counts.errors !== before.errors || counts.warnings !== before.warnings) {
      onChange();
    }
  }
  timer = setTimeout(look, PAUSE_MS, SLICE_MS);

  return {
    ask() {
      look(ASKED_MS);
      return finder.current;
    },
    get counts() {
      return counts;
    },
    close: () => clearTimeout(timer),
  };
}

/** A file that is damaged or locked just then is no reason to end the hub: what is known stays, and a live one is tried again. */
function stepOf(finder: ProblemFinder, budget: number): boolean {
  try {
    return finder.step(budget);
  } catch {
    return false;
  }
}
