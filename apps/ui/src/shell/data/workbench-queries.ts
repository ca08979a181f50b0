import type { ReplayRoomUse } from "@inspector/contract/intervention";
import type {
  FunctionError,
  FunctionInfo,
  FunctionTotal,
  InvocationOrder,
  PageCounts,
  PartlySearched,
  Problems,
  SessionSummary,
  SortedInvocations,
  StrayHttp,
  WorkerInfo,
} from "@inspector/contract/page";
import { keepPreviousData, type UseQueryResult, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { SessionClient } from "./session-client.ts";
import { useSessionState, useSessionStore } from "./session-context.ts";
import type { SessionStore } from "./session-store.ts";

/** Least time between two requests for the same thing while messages come in. */
const REFRESH_MS = 1500;

/** All rows are looked at for an order: of a million that takes half a second. */
const SORT_REFRESH_MS = 5000;

/** Kept sessions come and go without a message: another inspector may record beside this one. */
const SESSIONS_MS = 5000;

const PAGES_MS = 2000;

/** Another session that is kept changes rarely while it is compared with. */
const OTHER_SESSION_MS = 30_000;

/** The wall clock may be set between two looks at it. */
function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

type Ask<T> = (client: SessionClient, signal: AbortSignal) => Promise<T>;

type AskingOptions = { readonly isWanted?: boolean; readonly refreshMs?: number };

/** Something the hub works out from the session: asked for again after the session changed, never more often than that. */
function useSessionQuery<T>(
  name: string,
  ask: Ask<T>,
  { isWanted = true, refreshMs = REFRESH_MS }: AskingOptions = {},
): UseQueryResult<T> {
  const { client } = useSessionStore();
  const queries = useQueryClient();
  const { session } = useSessionState();
  useEffect(() => {
    if (session === undefined) {
      return;
    }
    const queryKey = [name, session.id];
    const state = queries.getQueryState(queryKey);
    const askedAt = Math.max(state?.dataUpdatedAt ?? 0, state?.errorUpdatedAt ?? 0);
    const refresh = () => void queries.invalidateQueries({ queryKey }, { cancelRefetch: false });
    const timer = setTimeout(refresh, clamp(askedAt + refreshMs - Date.now(), 0, refreshMs));
    return () => clearTimeout(timer);
  }, [session, name, queries, refreshMs]);
  return useQuery({
    queryKey: [name, session?.id],
    queryFn: ({ signal }) => ask(client, signal),
    enabled: isWanted && session !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useFunctions(): UseQueryResult<readonly FunctionInfo[]> {
  return useSessionQuery("functions", (client, signal) => client.getFunctions(signal));
}

export function useFunctionTotals(): UseQueryResult<readonly FunctionTotal[]> {
  return useSessionQuery("function totals", (client, signal) => client.getFunctionTotals(signal));
}

/** @param order undefined where none is asked for */
export function useSortedInvocations(
  order: InvocationOrder | undefined,
  filter: string,
): UseQueryResult<SortedInvocations> {
  const { by, isDescending } = order ?? UNSORTED;
  return useSessionQuery(
    `sorted ${isDescending ? "-" : ""}${by} ${filter}`,
    (client, signal) => client.getSorted({ by, isDescending }, filter, signal),
    { isWanted: order !== undefined, refreshMs: SORT_REFRESH_MS },
  );
}

const UNSORTED: InvocationOrder = { by: "time", isDescending: false };

/** @param failures how many there are: asked for again when there are more */
export function useFunctionErrors(name: string, failures: number): UseQueryResult<readonly FunctionError[]> {
  const { client } = useSessionStore();
  const { session } = useSessionState();
  return useQuery({
    queryKey: ["function errors", session?.id, name, failures],
    queryFn: ({ signal }) => client.getFunctionErrors(name, signal),
    enabled: session !== undefined && failures > 0,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useWorkers(): UseQueryResult<readonly WorkerInfo[]> {
  return useSessionQuery("workers", (client, signal) => client.getWorkers(signal));
}

export function useStrayHttp(): UseQueryResult<StrayHttp> {
  return useSessionQuery("stray http", (client, signal) => client.getStrayHttp(signal));
}

export function useProblems(): UseQueryResult<Problems> {
  return useSessionQuery("problems", (client, signal) => client.getProblems(signal));
}

/** What a filter's search for free text leaves out; asked for anew when the list it gives is another. */
export function usePartlySearched(filter: string, length: number): UseQueryResult<PartlySearched> {
  const { client } = useSessionStore();
  const { session } = useSessionState();
  return useQuery({
    queryKey: ["partly searched", session?.id, filter, length === 0],
    queryFn: ({ signal }) => client.getPartlySearched(filter, signal),
    enabled: session !== undefined && filter !== "",
    staleTime: OTHER_SESSION_MS,
  });
}

export function useSessions(): UseQueryResult<readonly SessionSummary[]> {
  const { client } = useSessionStore();
  return useQuery({
    queryKey: SESSIONS_KEY,
    queryFn: ({ signal }) => client.getSessions(signal),
    refetchInterval: SESSIONS_MS,
  });
}

/** Pages and views of the hub and their limits, asked for as long as somebody looks at them. */
export function usePageCounts(): UseQueryResult<PageCounts> {
  const { client } = useSessionStore();
  return useQuery({
    queryKey: ["pages"],
    queryFn: ({ signal }) => client.getPages(signal),
    refetchInterval: PAGES_MS,
  });
}

/** What replays take of the recording that runs; never loaded where none does. */
export function useReplayRoom(live: SessionStore): UseQueryResult<ReplayRoomUse> {
  return useQuery({
    queryKey: ["replay-room"],
    queryFn: ({ signal }) => live.client.interventions.getReplayRoom(signal),
    refetchInterval: PAGES_MS,
    retry: false,
  });
}

/** For those who change the list of kept sessions. */
export const SESSIONS_KEY = ["sessions"] as const;

/** What two kept sessions are compared by. */
export type SessionContent = {
  readonly functions: readonly FunctionInfo[];
  readonly workers: readonly WorkerInfo[];
};

/** A kept session's functions and workers; nothing is asked for without a name. */
export function useSessionContent(name: string | undefined): UseQueryResult<SessionContent> {
  const { client } = useSessionStore();
  return useQuery({
    queryKey: ["session content", name],
    queryFn: ({ signal }) => loadContent(client, name ?? "", signal),
    enabled: name !== undefined,
    staleTime: OTHER_SESSION_MS,
  });
}

async function loadContent(client: SessionClient, name: string, signal: AbortSignal): Promise<SessionContent> {
  const opened = await client.openSession(name);
  const other = client.about(opened.name);
  const [functions, workers] = await Promise.all([other.getFunctions(signal), other.getWorkers(signal)]);
  return { functions, workers };
}
