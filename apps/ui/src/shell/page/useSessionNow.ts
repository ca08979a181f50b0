import type { Nanos } from "@inspector/contract/page";
import { useMemo } from "react";
import { useSessionStore } from "../data/session-context.ts";
import type { SessionStore } from "../data/session-store.ts";
import { useStorePart } from "../data/useStoreState.ts";
import { useNow } from "./useNow.ts";

/** How often the clocks of what is in flight move, and those of all else. */
const RUNNING_MS = 1000;
const IDLE_MS = 5000;

/**
 * Nanoseconds since the session began, renewed each second while something `isRunning`, and never in between, so that
 * what shows it is not drawn anew for another reason. Undefined in a file, which has no present.
 * It stands while the inspector is away, because then nobody knows what goes on.
 */
export function useSessionNow(isRunning: boolean): Nanos | undefined {
  return useNowOf(useSessionStore(), isRunning ? RUNNING_MS : IDLE_MS);
}

/** The same of a session that may be another than the page's, renewed every `interval` milliseconds. */
export function useNowOf(store: SessionStore, interval: number): Nanos | undefined {
  const tick = useNow(interval);
  const id = useStorePart(store, ({ session }) => session?.id);
  const source = useStorePart(store, ({ session }) => session?.source);
  const phase = useStorePart(store, ({ connection }) => connection.phase);
  // biome-ignore lint/correctness/useExhaustiveDependencies: they say when the clock is looked at again
  return useMemo(() => (source === "live" ? store.clock.now() : undefined), [store, tick, id, source, phase]);
}
