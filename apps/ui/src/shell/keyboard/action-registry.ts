import { createContext, useContext } from "react";
import type { ShortcutId } from "./shortcuts.ts";

/** Actions by shortcut; one that is left out leaves its key to the browser. */
export type ShortcutActions = Partial<Readonly<Record<ShortcutId, () => void>>>;

/** What can be done on the page now. What was added last comes first, so a view may answer before the page does. */
export class ActionRegistry {
  #sources: readonly (() => ShortcutActions)[] = [];

  /** Adds actions until the answer is called. */
  add(source: () => ShortcutActions): () => void {
    this.#sources = [source, ...this.#sources];
    return () => {
      this.#sources = this.#sources.filter((other) => other !== source);
    };
  }

  /** What is offered for one of the shortcuts; of several, what was added last. */
  find(...ids: readonly ShortcutId[]): (() => void) | undefined {
    for (const source of this.#sources) {
      const actions = source();
      const offered = ids.find((id) => actions[id] !== undefined);
      if (offered !== undefined) {
        return actions[offered];
      }
    }
    return undefined;
  }
}

export const ActionContext = createContext<ActionRegistry | undefined>(undefined);

export function useActionRegistry(): ActionRegistry {
  const registry = useContext(ActionContext);
  if (registry === undefined) {
    throw new Error("ActionContext is missing above this component");
  }
  return registry;
}
