import type { Holds, ReplayRun } from "@inspector/session";
import type { InterventionClient } from "./intervention-client.ts";
import { RequestError } from "./session-client.ts";

/** What the inspector is doing to the live session. */
export type Interventions = { readonly runs: readonly ReplayRun[]; readonly holds: Holds };

export const NO_INTERVENTIONS: Interventions = { runs: [], holds: { rules: [], held: [] } };

/**
 * All runs, newest first, each as far as it is known to have come: the answer to a request may arrive behind news over
 * the socket that are newer.
 */
export function mergeRuns(known: readonly ReplayRun[], told: readonly ReplayRun[]): readonly ReplayRun[] {
  const runs = new Map(known.map((run) => [run.id, run]));
  for (const run of told) {
    const before = runs.get(run.id);
    if (before === undefined || progressOf(run) >= progressOf(before)) runs.set(run.id, run);
  }
  return [...runs.values()].sort((a, b) => b.id - a.id);
}

/** Grows with everything that happens in a run. */
function progressOf({ state, results }: ReplayRun): number {
  const steps = results.map((result) => {
    const isOver = result.state !== "sending" && result.state !== "in-flight";
    return 1 + Number(result.state !== "sending") + Number(isOver) + Number(result.invocation !== undefined);
  });
  return steps.reduce((sum, step) => sum + step, Number(state !== "running"));
}

/** What goes on now. A hub that cannot say it (no relay is behind it) does nothing. */
export async function loadInterventions(client: InterventionClient): Promise<Interventions> {
  try {
    const [runs, holds] = await Promise.all([client.getReplays(), client.getHolds()]);
    return { runs, holds };
  } catch (error) {
    if (error instanceof RequestError) return NO_INTERVENTIONS;
    throw error;
  }
}
