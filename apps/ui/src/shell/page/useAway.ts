import { useSyncExternalStore } from "react";
import { useSessionStore } from "../data/session-context.ts";
import { awayWords } from "./session-words.ts";

/** "away since 12:44:28" while the inspector does not answer, so that nothing is taken for the present; else undefined. */
export function useAway(): string | undefined {
  const store = useSessionStore();
  return useSyncExternalStore(store.signal.subscribe, () => awayWords(store.getState().connection));
}
