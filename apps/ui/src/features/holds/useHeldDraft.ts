import type { HeldMessage } from "@inspector/contract/intervention";
import { useState } from "react";
import { useShell } from "../../shell/page/shell-context.ts";
import type { Draft } from "../editor/MessageEditor.tsx";
import { isSameMessage } from "../editor/message-text.ts";
import { type HeldDraft, HoldDrafts } from "./hold-drafts.ts";

/** What is made of a held message: the message as it is edited, the answer in its place, and which of them is looked at. */
/** The draft of a held message, found again when it is looked at again. */
export function useHeldDraft(held: HeldMessage, template: unknown) {
  const drafts = useShell().drafts.of(HoldDrafts);
  const [draft, setDraft] = useState<HeldDraft>(
    () => drafts.ofHeld(held) ?? { mode: "message", message: { message: held.message }, answer: { message: template } },
  );
  const [version, setVersion] = useState(0);
  const change = (part: Partial<HeldDraft>) => {
    const next = { ...draft, ...part };
    drafts.keepHeld(held, next);
    setDraft(next);
  };
  const original = { message: held.message, answer: template };
  const current = draft[draft.mode];
  return {
    mode: draft.mode,
    current,
    /** Whether what is looked at is another than it was, also where its text means nothing (yet). */
    isEdited: current.problem !== undefined || !isSameMessage(current.message, original[draft.mode]),
    /** Changes where the fields have to begin anew. */
    version: `${draft.mode} ${version}`,
    setMode: (mode: HeldDraft["mode"]) => change({ mode }),
    edit: (edited: Draft) => change({ [draft.mode]: edited }),
    undo: () => {
      change({ [draft.mode]: { message: original[draft.mode] } });
      setVersion(version + 1);
    },
  };
}
