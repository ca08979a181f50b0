import type { SeenValues } from "@inspector/contract/page";
import type { Completion } from "@inspector/filter/complete";
import { useQueryClient } from "@tanstack/react-query";
import { useReducer, useRef } from "react";
import { useSessionPart, useSessionStore } from "../../shell/data/session-context.ts";
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
  const queries = useQueryClient();
  const sessionId = useSessionPart(({ session }) => session?.id);
  const [state, send] = useReducer(nextCompletion, CLOSED);
  const asked = useRef(0);

  // The answer is this question's own, also where the session became known meanwhile.
  const seenValues = (): Promise<SeenValues> =>
    queries.fetchQuery({
      queryKey: ["seen", sessionId],
      queryFn: ({ signal }) => client.getSeen(signal),
      staleTime: SEEN_MS,
    });
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
