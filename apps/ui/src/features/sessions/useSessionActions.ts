import type { SessionLabels, SessionSummary } from "@inspector/contract/page";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { useSessionStore } from "../../shell/data/session-context.ts";
import { SESSIONS_KEY } from "../../shell/data/workbench-queries.ts";
import { openSession } from "../../shell/page/open-session.ts";

export type SessionActions = {
  /** Shows a session in this page. */
  readonly open: (session: SessionSummary) => void;
  readonly rename: (name: string, to: string) => void;
  /** Writes title and note; "" takes one away. */
  readonly label: (name: string, labels: SessionLabels) => void;
  readonly remove: (name: string) => void;
  /** Why the last action failed; undefined where it did not. */
  readonly error: Error | undefined;
};

type Action =
  | { readonly type: "open"; readonly session: SessionSummary }
  | { readonly type: "rename"; readonly name: string; readonly to: string }
  | { readonly type: "label"; readonly name: string; readonly labels: SessionLabels }
  | { readonly type: "remove"; readonly name: string };

/** What can be done to a kept session. `onRenamed` hears the new name. */
export function useSessionActions(onRenamed: (name: string) => void): SessionActions {
  const { client } = useSessionStore();
  const queries = useQueryClient();
  const { mutate, error } = useMutation({
    mutationFn: async (action: Action) => {
      if (action.type === "open") {
        return openSession(client, action.session);
      }
      if (action.type === "label") {
        return void (await client.labelSession(action.name, action.labels));
      }
      if (action.type === "remove") {
        return client.deleteSession(action.name);
      }
      onRenamed((await client.renameSession(action.name, action.to)).name);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: SESSIONS_KEY }),
  });
  return useMemo(
    () => ({
      open: (session) => mutate({ type: "open", session }),
      rename: (name, to) => mutate({ type: "rename", name, to }),
      label: (name, labels) => mutate({ type: "label", name, labels }),
      remove: (name) => mutate({ type: "remove", name }),
      error: error ?? undefined,
    }),
    [mutate, error],
  );
}
