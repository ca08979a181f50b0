import type { Holds, ReplayRun } from "@inspector/session";
import type { InterventionClient } from "./intervention-client.ts";
import { RequestError } from "./session-client.ts";

/** What the inspector is doing to the live session. */
export type Interventions = { readonly runs: readonly ReplayRun[]; readonly holds: Holds };

export const NO_INTERVENTIONS: Interventions = { runs: [], holds: { rules: [], held: [] } };

/** All runs, newest first; what is told later of a run replaces what was known. */
export function mergeRuns(known: readonly ReplayRun[], told: readonly ReplayRun[]): readonly ReplayRun[] {
  const runs = new Map([...known, ...told].map((run) => [run.id, run]));
  return [...runs.values()].sort((a, b) => b.id - a.id);
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
