import type { ReplayConcern, ReplayOrder, ReplayRun } from "@inspector/contract/intervention";
import type { StreamInfo } from "@inspector/contract/page";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { RequestError } from "../../shell/data/session-client.ts";
import type { SessionStore } from "../../shell/data/session-store.ts";
import { useDebounced } from "../../shell/data/useDebounced.ts";
import { useStoreState } from "../../shell/data/useStoreState.ts";

/** Debounce of the check while somebody types, in ms. */
const CHECK_MS = 300;

/** What is known of an order before it is sent. */
export type CheckedOrder = {
  readonly concerns: readonly ReplayConcern[];
  readonly error: Error | null;
  /** The hub does not take this very order. */
  readonly isRefused: boolean;
};

const NO_CONCERNS: readonly ReplayConcern[] = [];

/**
 * What would happen if this were sent. Nothing is asked for without a worker to send it to.
 * @param order the same object as long as it says the same: it may hold megabytes, which are not compared on each key
 */
export function useReplayCheck(live: SessionStore, target: StreamInfo | undefined, order: ReplayOrder): CheckedOrder {
  const { session } = useStoreState(live);
  const settled = useDebounced(order, CHECK_MS);
  const { data, error } = useQuery({
    queryKey: ["replay check", session?.id, target?.id, target?.phase, numberOf(settled)],
    queryFn: async () => (await live.client.interventions.checkReplay(settled)).concerns,
    enabled: target !== undefined,
    placeholderData: keepPreviousData,
    retry: false,
    // The number is asked for by nobody but who holds the order.
    gcTime: 0,
  });
  const isOfThis = settled === order;
  return {
    concerns: data ?? NO_CONCERNS,
    error: isOfThis ? error : null,
    isRefused: isOfThis && error instanceof RequestError && error.status >= 400 && error.status < 500,
  };
}

let lastNumber = 0;
const numbers = new WeakMap<ReplayOrder, number>();

/** Stands for an order in a key, which is compared as text. */
function numberOf(order: ReplayOrder): number {
  const number = numbers.get(order) ?? ++lastNumber;
  numbers.set(order, number);
  return number;
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
