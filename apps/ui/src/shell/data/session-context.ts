import type { HttpLeg, InvocationDetail, MessageDetail, MessageRow, Nanos, Seq } from "@inspector/contract/page";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useSyncExternalStore } from "react";
import type { Column } from "./column.ts";
import type { ListName, SessionState, SessionStore } from "./session-store.ts";
import { isBeingCopied } from "./shared-memory.ts";
import { useStorePart } from "./useStoreState.ts";

export const SessionContext = createContext<SessionStore | undefined>(undefined);

export function useSessionStore(): SessionStore {
  const store = useContext(SessionContext);
  if (store === undefined) {
    throw new Error("SessionContext is missing above this component");
  }
  return store;
}

export function useSessionState(): SessionState {
  const store = useSessionStore();
  return useSyncExternalStore(store.signal.subscribe, store.getState);
}

/** Of the page's own session, as {@link useStorePart}. */
export function useSessionPart<T>(select: (state: SessionState) => T): T {
  return useStorePart(useSessionStore(), select);
}

/** A list of the session, kept up to date while the component is there. */
export function useList<Name extends ListName>(name: Name): SessionState["lists"][Name] {
  const store = useSessionStore();
  useEffect(() => store.watch(name), [store, name]);
  return useSessionPart(({ lists }) => lists[name]);
}

/** The column's length now; renders again when it grew. */
export function useColumnLength(column: Pick<Column, "signal" | "length">): number {
  useSyncExternalStore(column.signal.subscribe, column.signal.getVersion);
  return column.length;
}

/** Renders again when rows came in. */
export function useRowVersion(of: "rows" | "exchanges" | "lines" = "rows"): number {
  const { signal } = useSessionStore()[of];
  return useSyncExternalStore(signal.subscribe, signal.getVersion);
}

/** An invocation or step with its messages' numbers; a young one is asked for again, as long as it is in flight. */
export function useInvocation(id: Seq): UseQueryResult<InvocationDetail> {
  const store = useSessionStore();
  const sessionId = useSessionPart(({ session }) => session?.id);
  useRowVersion("exchanges");
  const row = store.exchanges.get(id);
  const logs = row?.type === "invocation" ? row.logs + row.lateLogs : 0;
  return useQuery({
    queryKey: ["invocation", sessionId, id, row?.state, logs],
    queryFn: ({ signal }) => store.client.getInvocation(id, signal),
    placeholderData: (previous) => (previous?.row.id === id ? previous : undefined),
    // What crosses beside the stream changes without a message.
    refetchInterval: ({ state }) => (isOpen(state.data?.http) ? REFRESH_MS : false),
  });
}

function isOpen(leg: HttpLeg | undefined): boolean {
  return leg !== undefined && leg.lost === undefined && leg.response?.endedAt === undefined;
}

/** A message this small is asked for again while its invocation may still go on. */
const REFRESHED_BYTES = 64 * 1024;
const REFRESH_MS = 2000;
/** While shared memory is being copied, which takes a moment. */
const COPYING_MS = 300;
const REFRESH_FOR_MS = 5 * 60_000;

/** The selected message's payload. Its related messages grow while the invocation runs, so a young one is asked for again. */
export function useMessageDetail(seq: Seq): UseQueryResult<MessageDetail> {
  const { client, clock } = useSessionStore();
  const { session } = useSessionState();
  return useQuery({
    queryKey: ["message", session?.id, seq],
    queryFn: ({ signal }) => client.getDetail(seq, signal),
    refetchInterval: (query) => {
      const { data } = query.state;
      const row = data?.row;
      if (data !== undefined && isBeingCopied(data, session)) {
        return COPYING_MS;
      }
      const isYoung = row !== undefined && session?.source === "live" && isRecent(row, clock.now());
      return isYoung ? REFRESH_MS : false;
    },
  });
}

function isRecent(row: MessageRow, now: Nanos | undefined): boolean {
  const age = ((now ?? row.at) - row.at) / 1e6;
  return row.invocationId !== undefined && row.size <= REFRESHED_BYTES && age < REFRESH_FOR_MS;
}
