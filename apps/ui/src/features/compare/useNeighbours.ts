import type { NeighbouringCalls, Seq } from "@inspector/contract/page";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useSessionState, useSessionStore } from "../../shell/data/session-context.ts";

/** How long an answer holds in a session that is recorded: a failure may come at any time. */
const LIVE_MS = 5000;

/** Which calls of its function an invocation is worth comparing with. @param state of the invocation: asked for again when it is another */
export function useNeighbours(id: Seq, state: string, isWanted = true): UseQueryResult<NeighbouringCalls> {
  const { client } = useSessionStore();
  const { session } = useSessionState();
  return useQuery({
    queryKey: ["neighbours", session?.id, id, state],
    queryFn: ({ signal }) => client.getNeighbours(id, signal),
    enabled: isWanted && session !== undefined,
    staleTime: session?.source === "live" ? LIVE_MS : Number.POSITIVE_INFINITY,
  });
}
