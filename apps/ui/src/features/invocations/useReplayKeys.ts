import type { Seq } from "@inspector/contract/page";
import { useState } from "react";
import { useSessionPart, useSessionStore } from "../../shell/data/session-context.ts";
import { useShortcuts } from "../../shell/keyboard/useShortcuts.ts";
import { useShell } from "../../shell/page/shell-context.ts";
import type { ReplayIntent, ReplayKeys } from "../replay/ReplayTab.tsx";
import { SessionReplayDrafts } from "../replay/replay-drafts.ts";

/** The keys that replay what is selected, what they last asked for, and the edited requests of all rows. */
export function useReplayKeys(selected: Seq | undefined, onShow: () => void) {
  const { exchanges, client } = useSessionStore();
  const sessionId = useSessionPart(({ session }) => session?.id);
  const drafts = useShell().drafts.of(SessionReplayDrafts).of(sessionId);
  const [intent, setIntent] = useState<(ReplayIntent & { readonly of: Seq | undefined }) | undefined>();
  const onReplay = (what: ReplayIntent["what"]) => {
    setIntent({ what, of: selected });
    onShow();
  };
  const canReplay =
    client.offline === undefined && selected !== undefined && exchanges.get(selected)?.type === "invocation";
  useShortcuts(
    canReplay
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
