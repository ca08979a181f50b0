import type { HeldMessage } from "@inspector/session";
import type { RuleDraft } from "../holds/rule-draft.ts";
import type { HeldDraft } from "../holds/useHeldDraft.ts";
import type { ReplayDrafts } from "../replay/SendForm.tsx";

/**
 * What was typed and not sent. It lives as long as the page, whatever view is open. Nothing is drawn again when it changes:
 * who edits a draft has it as state, too.
 */
export class Drafts {
  /** The one rule that is being written. */
  rule: RuleDraft | undefined;
  readonly #held = new Map<string, HeldDraft>();
  #session: string | undefined;
  #replays: ReplayDrafts = new Map();

  ofHeld(held: HeldMessage): HeldDraft | undefined {
    return this.#held.get(keyOf(held));
  }

  keepHeld(held: HeldMessage, draft: HeldDraft): void {
    this.#held.set(keyOf(held), draft);
  }

  /** Drops what was made of messages that are not held any more. */
  dropGone(held: readonly HeldMessage[]): void {
    const here = new Set(held.map(keyOf));
    for (const key of this.#held.keys()) if (!here.has(key)) this.#held.delete(key);
  }

  /** Edited requests of a session. Those of another one are gone with it: its numbers mean others here. */
  ofReplays(session: string | undefined): ReplayDrafts {
    if (session !== this.#session) this.#replays = new Map();
    this.#session = session;
    return this.#replays;
  }
}

/** A hub that was started anew counts from 1 again. */
function keyOf({ id, heldAt }: HeldMessage): string {
  return `${id} ${heldAt}`;
}
