import type { Seq } from "@inspector/session";
import { useState } from "react";
import { useShell } from "../app/shell-context.ts";
import { useSessionState, useSessionStore } from "../data/session-context.ts";
import { useShortcuts } from "../keyboard/useShortcuts.ts";
import type { ReplayIntent, ReplayKeys } from "../replay/ReplayTab.tsx";

/** The keys that replay what is selected, what they last asked for, and the edited requests of all rows. */
export function useReplayKeys(selected: Seq | undefined, onShow: () => void) {
  const { exchanges } = useSessionStore();
  const { session } = useSessionState();
  const drafts = useShell().drafts.ofReplays(session?.id);
  const [intent, setIntent] = useState<(ReplayIntent & { readonly of: Seq | undefined }) | undefined>();
  const onReplay = (what: ReplayIntent["what"]) => {
    setIntent({ what, of: selected });
    onShow();
  };
  const isInvocation = selected !== undefined && exchanges.get(selected)?.type === "invocation";
  useShortcuts(
    isInvocation
      ? {
          replay: () => onReplay("send"),
          "edit-and-replay": () => onReplay("edit"),
          "compare-replay": () => onReplay("compare"),
        }
      : {},
  );
  // What was asked of one row is not asked of the next, and what was done is not done again when its tab is opened again.
  const keys: ReplayKeys = {
    drafts,
    intent: intent?.of === selected ? intent : undefined,
    onDone: () => setIntent(undefined),
  };
  return { keys, onReplay };
}
