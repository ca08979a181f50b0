import type { Seq } from "@inspector/contract/page";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import type { SessionStore } from "../../shell/data/session-store.ts";
import { useStoreState } from "../../shell/data/useStoreState.ts";
import { type CallPlace, type CallRequest, type InvocationAnswer, loadAnswer, loadRequest } from "./compared-call.ts";

/** Logs of one invocation that are compared with those of another; each is a request. */
const COMPARED_LOGS = 60;

/** Pause before asking again: the hub may report the end of a replay before it has stored the response. */
const RETRY_MS = 300;

export function usePlace(store: SessionStore): CallPlace {
  const { session } = useStoreState(store);
  return { client: store.client, session };
}

/** How an invocation was answered. Once it is over, asks again until the answer is complete. */
export function useAnswer(place: CallPlace, id: Seq | undefined, isOver: boolean): UseQueryResult<InvocationAnswer> {
  return useQuery({
    queryKey: ["answer", place.session?.id, id, isOver],
    queryFn: ({ signal }) => loadAnswer(place, id ?? 0, { logs: COMPARED_LOGS, signal }),
    enabled: place.session !== undefined && id !== undefined,
    refetchInterval: ({ state }) => (isOver && isIncomplete(state.data) ? RETRY_MS : false),
  });
}

function isIncomplete(answer: InvocationAnswer | undefined): boolean {
  return answer?.row.state === "in-flight" || answer?.isPartial === true;
}

/** What the worker was asked: it may be large, and is not loaded until it is wanted. */
export function useRequest(place: CallPlace, id: Seq, isWanted = true): UseQueryResult<CallRequest> {
  return useQuery({
    queryKey: ["asked", place.session?.id, id],
    queryFn: ({ signal }) => loadRequest(place, id, signal),
    enabled: isWanted && place.session !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
