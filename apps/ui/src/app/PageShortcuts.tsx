import type { RefObject } from "react";
import { useShortcuts } from "../shell/keyboard/useShortcuts.ts";
import { useShell } from "../shell/page/shell-context.ts";

type PageShortcutsProps = {
  readonly filterInput: RefObject<HTMLInputElement | null>;
  readonly onHelp: () => void;
  readonly onCommands: () => void;
};

/** The keys that mean the same in every view. A component of its own, because it is under the registry's context. */
export function PageShortcuts({ filterInput, onHelp, onCommands }: PageShortcutsProps) {
  const { isFollowing, setFollow } = useShell();
  useShortcuts({
    "toggle-follow": () => setFollow(!isFollowing),
    "focus-filter": () => filterInput.current?.focus(),
    "show-commands": onCommands,
    "show-help": onHelp,
  });
  return null;
}
