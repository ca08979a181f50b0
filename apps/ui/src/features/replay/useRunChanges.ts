import type { ReplayRun } from "@inspector/contract/intervention";
import type { Seq } from "@inspector/contract/page";
import { useQueries } from "@tanstack/react-query";
import type { SessionStore } from "../../shell/data/session-store.ts";
import { type CallPlace, type InvocationAnswer, loadAnswer } from "../compare/compared-call.ts";
import { usePlace } from "../compare/useAnswer.ts";
import { useIgnoredPaths } from "../compare/useIgnoredPaths.ts";
import { isAnswered } from "./replay-words.ts";
import { compareRun, isToCome, type RunComparison } from "./run-comparison.ts";

/** Replays of a run that are compared with the recorded answer; each is two requests. */
const COMPARED = 100;

/** Pause before incomplete answers are asked for again, all of a run at once. */
const RETRY_MS = 1000;

/** Where the answers of a run differ. Logs are left out: they are compared one replay at a time. */
export function useRunChanges(
  live: SessionStore,
  run: ReplayRun,
  recorded: InvocationAnswer | undefined,
): RunComparison {
  const place = usePlace(live);
  const [ignored] = useIgnoredPaths();
  const answered = run.times === 1 ? [] : run.results.filter(isAnswered).slice(0, COMPARED);
  const begun = answered.flatMap(({ n, state, invocation }) =>
    invocation === undefined ? [] : [{ n, state, invocation }],
  );
  const answers = useQueries({
    queries: begun.map(({ state, invocation }) => ({
      queryKey: ["answer without logs", place.session?.id, invocation] as const,
      queryFn: ({ signal }: { readonly signal: AbortSignal }) => load(place, invocation, signal),
      staleTime: Number.POSITIVE_INFINITY,
      refetchInterval: (query: { readonly state: { readonly data: InvocationAnswer | undefined } }) =>
        query.state.data !== undefined && isToCome(query.state.data, state) ? RETRY_MS : false,
    })),
  });
  const replays = begun.map(({ n, state }, index) => ({ n, state, answer: answers[index]?.data }));
  return compareRun(recorded, replays, [...ignored, "logs"]);
}

function load(place: CallPlace, invocation: Seq, signal: AbortSignal): Promise<InvocationAnswer> {
  return loadAnswer(place, invocation, { logs: 0, signal });
}
