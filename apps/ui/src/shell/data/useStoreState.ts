import { useSyncExternalStore } from "react";
import type { SessionState, SessionStore } from "./session-store.ts";

/** The state of a store that is not (only) the one of the context. */
export function useStoreState(store: SessionStore): SessionState {
  return useSyncExternalStore(store.signal.subscribe, store.getState);
}
