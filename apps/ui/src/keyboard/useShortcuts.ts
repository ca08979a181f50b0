import { useEffect, useEffectEvent } from "react";
import { type FocusPlace, matchShortcut, type ShortcutId } from "./shortcuts.ts";

/** Actions by shortcut; one that is left out leaves its key to the browser. */
export type ShortcutActions = Partial<Readonly<Record<ShortcutId, () => void>>>;

/** Runs `actions` on key presses anywhere on the page, except in text fields and open dialogs. */
export function useShortcuts(actions: ShortcutActions, areLettersOn: boolean): void {
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    const id = matchShortcut(event, focusPlace(event.target), areLettersOn);
    const action = id && actions[id];
    if (!action) return;
    event.preventDefault();
    action();
  });
  useEffect(() => {
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
}

function focusPlace(target: EventTarget | null): FocusPlace {
  if (!(target instanceof Element) || target === document.body) return "list";
  if (target.closest("dialog[open], textarea, select, [contenteditable=true]") || isTextInput(target)) return "text";
  return target.closest("[role=grid]") ? "list" : "control";
}

function isTextInput(target: Element): boolean {
  return target instanceof HTMLInputElement && target.type !== "checkbox" && target.type !== "radio";
}
