import type { ActionRegistry } from "../shell/keyboard/action-registry.ts";
import { listHelp } from "../shell/keyboard/shortcuts.ts";

/** A line of the command palette. */
export type Command = {
  readonly title: string;
  readonly group: string;
  /** As they are written on the keys. */
  readonly keys: readonly string[];
  readonly run: () => void;
};

/** The shortcuts that do something now. */
export function shortcutCommands(registry: ActionRegistry): Command[] {
  return listHelp().flatMap(({ group, lines }) =>
    lines.flatMap(({ id, title, keys }): Command[] => {
      const run = registry.find(id);
      return run === undefined || id === "show-commands" ? [] : [{ title, group, keys, run }];
    }),
  );
}

/** Commands of which every word of `text` is a part; those that begin with it first. */
export function matchCommands(commands: readonly Command[], text: string): readonly Command[] {
  const wanted = text.trim().toLowerCase();
  const words = wanted.split(/\s+/);
  const name = ({ title, group }: Command) => `${title} ${group}`.toLowerCase();
  const found = commands.filter((command) => words.every((word) => name(command).includes(word)));
  const isFirst = (command: Command) => name(command).startsWith(wanted);
  return [...found.filter(isFirst), ...found.filter((command) => !isFirst(command))];
}
