import { createContext, useContext } from "react";
import { useSessionPart, useSessionStore } from "./session-context.ts";
import type { SessionStore } from "./session-store.ts";

/** Gives the session that is recorded now, where the page shows another one. Undefined: the page's own is all there is. */
export const LiveStoreContext = createContext<(() => SessionStore) | undefined>(undefined);

/**
 * The session that replays and holds are of: the page's own while it is live, and the one that is recorded now where
 * the page shows a kept one. Whether it is live says its `session.source`.
 */
export function useLiveStore(): SessionStore {
  const store = useSessionStore();
  const source = useSessionPart(({ session }) => session?.source);
  const openLive = useContext(LiveStoreContext);
  return source === "file" && openLive !== undefined ? openLive() : store;
}
