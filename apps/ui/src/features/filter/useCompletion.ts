import type { SeenValues } from "@inspector/contract/page";
import type { Completion } from "@inspector/filter/complete";
import { useQuery } from "@tanstack/react-query";
import { useReducer, useRef } from "react";
import { useSessionState, useSessionStore } from "../../shell/data/session-context.ts";
import { CLOSED, type CompletionState, nextCompletion } from "./completion-state.ts";

const SEEN_MS = 5000;

export type CompletionControl = CompletionState & {
  /** Offers what could be written at the caret. */
  readonly offer: (text: string, caret: number) => void;
  readonly move: (by: 1 | -1) => void;
  readonly close: () => void;
};

/** Completion of the filter from its grammar and the values that were seen. */
export function useCompletion(): CompletionControl {
  const { client } = useSessionStore();
  const { session } = useSessionState();
  const [state, send] = useReducer(nextCompletion, CLOSED);
  const asked = useRef(0);
  const { refetch } = useQuery({
    queryKey: ["seen", session?.id],
    queryFn: ({ signal }) => client.getSeen(signal),
    enabled: false,
    staleTime: SEEN_MS,
  });
  const seenAt = useRef<{ readonly at: number; readonly seen: SeenValues | undefined }>({ at: 0, seen: undefined });

  const seenValues = async () => {
    if (Date.now() - seenAt.current.at > SEEN_MS) {
      seenAt.current = { at: Date.now(), seen: (await refetch()).data };
    }
    return seenAt.current.seen ?? {};
  };
  const offer = async (text: string, caret: number) => {
    const turn = ++asked.current;
    const parts = await Promise.all([import("./complete.ts"), seenValues()]).catch(() => undefined);
    // While the inspector is away there is nothing to offer.
    if (parts === undefined) {
      return;
    }
    const [{ completeFilter }, seen] = parts;
    // Something else was typed, or the list closed, while this was on its way.
    if (turn !== asked.current) {
      return;
    }
    const completion: Completion = completeFilter(text, caret, seen);
    send({ type: "offered", completion, typed: text.slice(completion.from, completion.to) });
  };
  return {
    ...state,
    offer: (text, caret) => void offer(text, caret),
    move: (by) => send({ type: "moved", by }),
    close: () => {
      asked.current++;
      send({ type: "closed" });
    },
  };
}
