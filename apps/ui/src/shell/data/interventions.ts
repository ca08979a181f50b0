import type { HoldRule, Holds, ReplayResult, ReplayRun } from "@inspector/contract/intervention";
import type { InterventionClient } from "./intervention-client.ts";
import { RequestError } from "./session-client.ts";

/** A run as the page knows it. */
export type KnownRun = ReplayRun & {
  /** Its hub ended before the run did; the next hub does not know it. */
  readonly isGone?: true;
};

/** What the inspector is doing to the live session. */
export type Interventions = {
  readonly runs: readonly KnownRun[];
  readonly holds: Holds;
  /** Rules that answered their last message while the page was open, in their last reported state. */
  readonly ended: readonly EndedRule[];
};

/** A rule in its last reported state. Rules of different hubs may share an id; `n` is unique on this page. */
export type EndedRule = { readonly n: number; readonly rule: HoldRule };

export const NO_INTERVENTIONS: Interventions = { runs: [], holds: { rules: [], held: [] }, ended: [] };

/**
 * All runs, newest first, each in its furthest known state: an answer to a request may arrive after newer news over the
 * socket.
 */
export function mergeRuns(known: readonly KnownRun[], received: readonly ReplayRun[]): readonly KnownRun[] {
  const runs = new Map(known.map((run) => [run.id, run]));
  for (const run of received) {
    const before = runs.get(run.id);
    // The next hub uses the number of a run again that recorded nothing.
    const isOther = before?.startedAt !== run.startedAt;
    if (before === undefined || isOther || progressOf(run) >= progressOf(before)) {
      runs.set(run.id, run);
    }
  }
  return [...runs.values()].sort((a, b) => b.id - a.id);
}

/** @param asked the runs that were known when the hub was asked for those that it knows */
export function markGone(
  known: readonly KnownRun[],
  asked: readonly KnownRun[],
  received: readonly ReplayRun[],
): readonly KnownRun[] {
  const isSame = (run: ReplayRun) => (other: ReplayRun) => other.id === run.id && other.startedAt === run.startedAt;
  return known.map((run) =>
    goesOn(run) && asked.some(isSame(run)) && !received.some(isSame(run)) ? { ...run, isGone: true } : run,
  );
}

function goesOn({ state, results }: ReplayRun): boolean {
  return state === "running" || !results.every(isOver);
}

export function isOver({ state }: Pick<ReplayResult, "state">): boolean {
  return state !== "sending" && state !== "in-flight";
}

/** Grows with everything that happens in a run. */
function progressOf({ state, results }: ReplayRun): number {
  const steps = results.map(
    (result) =>
      1 + Number(result.state !== "sending") + Number(isOver(result)) + Number(result.invocation !== undefined),
  );
  return steps.reduce((sum, step) => sum + step, Number(state !== "running"));
}

/**
 * The rules that ended by themselves between two reports of the same hub: they are not on any more, and nobody here stopped them.
 * Only those that answer so many do that.
 */
export function endedRules(before: Holds, now: Holds, stopped: ReadonlySet<number>): readonly HoldRule[] {
  return before.rules.filter(
    ({ id, answer }) => answer?.times !== undefined && !stopped.has(id) && !now.rules.some((rule) => rule.id === id),
  );
}

/**
 * What goes on now. A hub that cannot say it (no relay is behind it) does nothing; undefined where it is not there (any more).
 */
export async function loadInterventions(
  client: Pick<InterventionClient, "getReplays" | "getHolds">,
): Promise<Pick<Interventions, "runs" | "holds"> | undefined> {
  try {
    const [runs, holds] = await Promise.all([client.getReplays(), client.getHolds()]);
    return { runs, holds };
  } catch (error) {
    if (!(error instanceof RequestError)) {
      throw error;
    }
    return error.status === 0 ? undefined : NO_INTERVENTIONS;
  }
}
