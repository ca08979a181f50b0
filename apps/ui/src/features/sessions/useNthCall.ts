import { functionTerm } from "@inspector/filter/term";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import type { SessionClient } from "../../shell/data/session-client.ts";
import { useSessionStore } from "../../shell/data/session-context.ts";
import type { ComparedCallIn } from "../compare/CallComparison.tsx";
import type { NthCall } from "./session-rows.ts";

/** How long an answer holds: one of the two may be recorded still. */
const HOLDS_MS = 30_000;

/** A call of a function in a session that is kept; null where it has fewer. What the inspector replayed does not count. */
export function useNthCall(session: string, { name, nth }: NthCall): UseQueryResult<ComparedCallIn | null> {
  const { client } = useSessionStore();
  return useQuery({
    queryKey: ["nth call", session, name, nth],
    queryFn: ({ signal }) => findCall(client, session, { name, nth }, signal),
    staleTime: HOLDS_MS,
  });
}

async function findCall(
  client: SessionClient,
  session: string,
  { name, nth }: NthCall,
  signal: AbortSignal,
): Promise<ComparedCallIn | null> {
  const opened = await client.openSession(session);
  const other = client.about(opened.name);
  const inOrder = { by: "time", isDescending: false } as const;
  const [info, { ids }] = await Promise.all([
    other.getSession(signal),
    other.getSorted(inOrder, `${functionTerm(name)} -is:replayed`, signal),
  ]);
  const id = ids[nth - 1];
  return id === undefined ? null : { place: { client: other, session: info }, id };
}
