import type { ReplayRoomUse } from "@inspector/contract/intervention";
import type {
  FunctionError,
  FunctionInfo,
  FunctionTotal,
  InvocationFailure,
  InvocationOrder,
  PageCounts,
  PartlySearched,
  Problems,
  Seq,
  SessionSummary,
  SortedInvocations,
  StrayHttp,
  WorkerInfo,
} from "@inspector/contract/page";
import { keepPreviousData, type UseQueryResult, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { followSession } from "./follow-session.ts";
import { nextFrame } from "./frame-signal.ts";
import type { SessionClient } from "./session-client.ts";
import { useSessionPart, useSessionStore } from "./session-context.ts";
import type { SessionStore } from "./session-store.ts";

/** Least time between two requests for the same thing while messages come in. */
const REFRESH_MS = 1500;

/** The same of what is beside the view, and rarely another. */
const SELDOM_MS = 5000;

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
  const store = useSessionStore();
  const queries = useQueryClient();
  const sessionId = useSessionPart(({ session }) => session?.id);
  useEffect(() => {
    if (sessionId === undefined || !isWanted) {
      return;
    }
    const queryKey = [name, sessionId];
    const askedAt = () => {
      const state = queries.getQueryState(queryKey);
      return Math.max(state?.dataUpdatedAt ?? 0, state?.errorUpdatedAt ?? 0);
    };
    return followSession({
      store,
      // An answer from an earlier visit of the view may be old.
      isOld: askedAt() > 0 && Date.now() - askedAt() > refreshMs,
      waitMs: () => clamp(askedAt() + refreshMs - Date.now(), 0, refreshMs),
      refresh: () => void queries.invalidateQueries({ queryKey }, { cancelRefetch: false }),
    });
  }, [store, sessionId, isWanted, name, queries, refreshMs]);
  return useQuery({
    queryKey: [name, sessionId],
    queryFn: async ({ queryKey, signal }) => {
      const isKnown = queries.getQueryData(queryKey) !== undefined;
      const answer = await ask(store.client, signal);
      if (isKnown) {
        await nextFrame();
      }
      return answer;
    },
    enabled: isWanted && sessionId !== undefined,
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

/** Why an invocation failed; nothing is asked for without an id. */
export function useFailure(id: Seq | undefined): UseQueryResult<InvocationFailure> {
  const { client } = useSessionStore();
  const sessionId = useSessionPart(({ session }) => session?.id);
  return useQuery({
    queryKey: ["failure", sessionId, id],
    queryFn: ({ signal }) => client.getFailure(id ?? 0, signal),
    enabled: sessionId !== undefined && id !== undefined,
    staleTime: OTHER_SESSION_MS,
  });
}

/** @param failures how many there are: asked for again when there are more */
export function useFunctionErrors(name: string, failures: number): UseQueryResult<readonly FunctionError[]> {
  const { client } = useSessionStore();
  const sessionId = useSessionPart(({ session }) => session?.id);
  return useQuery({
    queryKey: ["function errors", sessionId, name, failures],
    queryFn: ({ signal }) => client.getFunctionErrors(name, signal),
    enabled: sessionId !== undefined && failures > 0,
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

/**
 * @param how "seldom" where how often each was found is not shown: then they are asked for at once when there are others, and
 *   otherwise every few seconds
 */
export function useProblems(how: "often" | "seldom" = "seldom"): UseQueryResult<Problems> {
  const queries = useQueryClient();
  const sessionId = useSessionPart(({ session }) => session?.id);
  const errors = useSessionPart(({ session }) => session?.problems?.errors);
  const warnings = useSessionPart(({ session }) => session?.problems?.warnings);
  // biome-ignore lint/correctness/useExhaustiveDependencies: when there are others
  useEffect(() => {
    void queries.invalidateQueries({ queryKey: ["problems", sessionId] }, { cancelRefetch: false });
  }, [queries, sessionId, errors, warnings]);
  return useSessionQuery("problems", (client, signal) => client.getProblems(signal), {
    refreshMs: how === "seldom" ? SELDOM_MS : REFRESH_MS,
  });
}

/** What a filter's search for free text leaves out; asked for anew when the list it gives is another. */
export function usePartlySearched(filter: string, length: number): UseQueryResult<PartlySearched> {
  const { client } = useSessionStore();
  const sessionId = useSessionPart(({ session }) => session?.id);
  return useQuery({
    queryKey: ["partly searched", sessionId, filter, length === 0],
    queryFn: ({ signal }) => client.getPartlySearched(filter, signal),
    enabled: sessionId !== undefined && filter !== "",
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
