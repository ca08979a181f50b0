import type { KnownRun } from "../src/shell/data/interventions.ts";

/** A run as the hub reports it. */
export function replayRun(change: Partial<KnownRun> = {}): KnownRun {
  return {
    id: 1,
    stream: 1,
    source: { seq: 1 },
    isEdited: false,
    startedAt: 0,
    times: 1,
    timeoutMs: 60_000,
    state: "running",
    results: [],
    ...change,
  };
}
