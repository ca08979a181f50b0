import type { ReplayRun, Seq } from "@inspector/session";
import { useQueries } from "@tanstack/react-query";
import type { SessionStore } from "../data/session-store.ts";
import { useStoreState } from "../data/useStoreState.ts";
import { compare } from "./comparison.ts";
import { isOver } from "./replay-words.ts";
import { type InvocationAnswer, loadAnswer } from "./useAnswer.ts";
import { useIgnoredPaths } from "./useIgnoredPaths.ts";

/** Replays of a run that are compared with the recorded answer; each is two requests. */
const COMPARED = 100;

/** How many places differ, by number of the replay. Logs are left out: they are compared one replay at a time. */
export function useRunChanges(
  live: SessionStore,
  run: ReplayRun,
  recorded: InvocationAnswer | undefined,
): ReadonlyMap<number, number> {
  const { session } = useStoreState(live);
  const [ignored] = useIgnoredPaths();
  const over = run.times === 1 ? [] : run.results.filter(isOver).slice(0, COMPARED);
  const numbered = over.flatMap(({ n, invocation }) => (invocation === undefined ? [] : [{ n, invocation }]));
  const answers = useQueries({
    queries: numbered.map(({ invocation }) => ({
      queryKey: ["answer without logs", session?.id, invocation] as const,
      queryFn: ({ signal }: { readonly signal: AbortSignal }) => load(live, invocation, signal),
      staleTime: Number.POSITIVE_INFINITY,
    })),
  });
  if (recorded === undefined) return new Map();
  return new Map(
    numbered.flatMap(({ n }, index) => {
      const replayed = answers[index]?.data;
      return replayed ? [[n, compare(recorded, replayed, [...ignored, "logs"]).differences.length] as const] : [];
    }),
  );
}

function load(live: SessionStore, invocation: Seq, signal: AbortSignal): Promise<InvocationAnswer> {
  return loadAnswer(live, invocation, { logs: 0, signal });
}
