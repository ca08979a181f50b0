import type { ReplayCheck, ReplayOrder, ReplayRun, StreamInfo } from "@inspector/session";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { SessionStore } from "../data/session-store.ts";
import { useDebounced } from "../data/useDebounced.ts";
import { useStoreState } from "../data/useStoreState.ts";

/** So long nobody typed before the hub is asked what it makes of an edited message. */
const CHECK_MS = 300;

/** What would happen if this were sent. Nothing is asked for without a worker to send it to. */
export function useReplayCheck(live: SessionStore, target: StreamInfo | undefined, order: ReplayOrder) {
  const { session } = useStoreState(live);
  const text = useDebounced(JSON.stringify(order), CHECK_MS);
  return useQuery<ReplayCheck>({
    queryKey: ["replay check", session?.id, target?.id, target?.phase, text],
    queryFn: () => {
      const settled: ReplayOrder = JSON.parse(text);
      return live.client.interventions.checkReplay(settled);
    },
    enabled: target !== undefined,
    placeholderData: keepPreviousData,
    retry: false,
  });
}

/** Sends orders, one at a time. */
export function useSend(live: SessionStore, onSent: (run: ReplayRun) => void) {
  const [state, setState] = useState<{ readonly isSending: boolean; readonly error?: Error }>({ isSending: false });
  const send = (order: ReplayOrder) => {
    setState({ isSending: true });
    live.client.interventions.startReplay(order).then(
      (run) => {
        setState({ isSending: false });
        live.addRuns([run]);
        onSent(run);
      },
      (error: unknown) => {
        setState({ isSending: false, error: error instanceof Error ? error : new Error(String(error)) });
      },
    );
  };
  return { ...state, send };
}
