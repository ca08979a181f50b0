import { useEffect, useEffectEvent } from "react";
import { type ActionRegistry, type ShortcutActions, useActionRegistry } from "./action-registry.ts";
import { type FocusPlace, matchShortcuts } from "./shortcuts.ts";

export type { ShortcutActions } from "./action-registry.ts";

/** Offers `actions` to the keyboard and the command palette while the component is there. */
export function useShortcuts(actions: ShortcutActions): void {
  const registry = useActionRegistry();
  const current = useEffectEvent(() => actions);
  useEffect(() => registry.add(() => current()), [registry]);
}

/** Runs what is in the registry on key presses anywhere on the page, except in text fields and open dialogs. */
export function useKeyboard(registry: ActionRegistry, areLettersOn: boolean): void {
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) {
      return;
    }
    const action = registry.find(...matchShortcuts(event, focusPlace(event.target), areLettersOn));
    if (!action) {
      return;
    }
    event.preventDefault();
    action();
  });
  useEffect(() => {
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
}

function focusPlace(target: EventTarget | null): FocusPlace {
  if (!(target instanceof Element) || target === document.body) {
    return "list";
  }
  if (target.closest("dialog[open], textarea, select, [contenteditable=true]") || isTextInput(target)) {
    return "text";
  }
  return target.closest("[role=grid]") ? "list" : "control";
}

function isTextInput(target: Element): boolean {
  return target instanceof HTMLInputElement && target.type !== "checkbox" && target.type !== "radio";
}
