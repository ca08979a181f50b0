import type { Nanos } from "@inspector/contract/page";
import { useSessionStore } from "../data/session-context.ts";
import type { SessionStore } from "../data/session-store.ts";
import { useStoreState } from "../data/useStoreState.ts";
import { useNow } from "./useNow.ts";

/**
 * Nanoseconds since the session began, renewed every `interval` milliseconds; undefined in a file, which has no present.
 * It stands while the inspector is away, because then nobody knows what goes on.
 */
export function useSessionNow(interval: number): Nanos | undefined {
  return useNowOf(useSessionStore(), interval);
}

/** The same of a session that may be another than the page's. */
export function useNowOf(store: SessionStore, interval: number): Nanos | undefined {
  useNow(interval);
  const { session } = useStoreState(store);
  return session?.source === "live" ? store.clock.now() : undefined;
}
