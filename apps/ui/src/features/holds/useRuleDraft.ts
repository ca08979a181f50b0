import { useState } from "react";
import { useShell } from "../../shell/page/shell-context.ts";
import { HoldDrafts } from "./hold-drafts.ts";
import { beginRule, blankRule, type RuleDraft } from "./rule-draft.ts";

/** The rule that is being written, found again when one comes back to its form. */
export function useRuleDraft() {
  const { address, drafts: all } = useShell();
  const drafts = all.of(HoldDrafts);
  const start = { item: address.item, like: address.like };
  const [draft, setDraft] = useState(() => beginRule(drafts.rule, start));
  const [isKept, setKept] = useState(draft === drafts.rule);
  const [version, setVersion] = useState(0);
  const change = (part: Partial<RuleDraft>) => {
    const next = { ...draft, ...part };
    drafts.rule = next;
    setDraft(next);
    setKept(true);
  };
  /** It is made now; what was written meanwhile is another one. */
  const drop = (made: RuleDraft) => {
    if (drafts.rule !== made) {
      return;
    }
    drafts.rule = undefined;
    setKept(false);
  };
  const discard = () => {
    drop(draft);
    setDraft(blankRule(start));
    setVersion(version + 1);
  };
  return { draft, change, drop, discard, isKept, version };
}
