import type { HeldMessage } from "@inspector/contract/intervention";
import type { Draft } from "../editor/MessageEditor.tsx";
import type { RuleDraft } from "./rule-draft.ts";

export type HeldDraft = { readonly mode: "message" | "answer"; readonly message: Draft; readonly answer: Draft };

export class HoldDrafts {
  /** The one rule that is being written. */
  rule: RuleDraft | undefined;
  readonly #held = new Map<string, HeldDraft>();

  ofHeld(held: HeldMessage): HeldDraft | undefined {
    return this.#held.get(keyOf(held));
  }

  keepHeld(held: HeldMessage, draft: HeldDraft): void {
    this.#held.set(keyOf(held), draft);
  }

  /** Drops what was made of messages that are not held any more. */
  dropGone(held: readonly HeldMessage[]): void {
    const here = new Set(held.map(keyOf));
    for (const key of this.#held.keys()) {
      if (!here.has(key)) {
        this.#held.delete(key);
      }
    }
  }
}

/** A restarted hub counts from 1 again. */
function keyOf({ id, heldAt }: HeldMessage): string {
  return `${id} ${heldAt}`;
}
