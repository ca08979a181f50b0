import { useSyncExternalStore } from "react";
import type { SessionState, SessionStore } from "./session-store.ts";

/** The state of a store that is not (only) the one of the context. */
export function useStoreState(store: SessionStore): SessionState {
  return useSyncExternalStore(store.signal.subscribe, store.getState);
}

/**
 * What `select` takes of the state; renders again only when that is another value. The state changes with every message,
 * most of what is shown of it does not.
 * @param select gives a plain value, or a member of the state as it stands there
 */
export function useStorePart<T>(store: SessionStore, select: (state: SessionState) => T): T {
  return useSyncExternalStore(store.signal.subscribe, () => select(store.getState()));
}
