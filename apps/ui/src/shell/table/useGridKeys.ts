import { useShortcuts } from "../keyboard/useShortcuts.ts";
import type { ScrolledList } from "../list/useRowWindow.ts";
import { type GridLine, stepRow } from "./grid-lines.ts";

export type GridKeysOptions = {
  readonly lines: readonly GridLine<unknown>[];
  readonly list: ScrolledList;
  readonly selected: string | undefined;
  readonly onSelect: (key: string) => void;
  readonly onOpen: (() => void) | undefined;
  readonly onClose: (() => void) | undefined;
};

/** Moves the selection by the same keys as in the list of messages. */
export function useGridKeys({ lines, list, selected, onSelect, onOpen, onClose }: GridKeysOptions): void {
  const current = lines.findIndex((line) => line.type === "row" && line.key === selected);
  const step = (from: number, by: number) => {
    const index = stepRow(lines, from, by);
    const line = lines[index];
    if (line?.type !== "row") {
      return;
    }
    onSelect(line.key);
    // The heading above the first row of a group comes into sight with it.
    if (lines[index - 1]?.type === "group") {
      list.scrollTo(index - 1, "nearest");
    }
    list.scrollTo(index, "nearest");
  };
  const page = Math.max(1, list.visible.end - list.visible.start - 2);
  useShortcuts({
    "next-row": () => step(current, 1),
    "previous-row": () => step(current, -1),
    "page-down": () => step(current, page),
    "page-up": () => step(current, -page),
    "first-row": () => step(-1, 1),
    "last-row": () => step(lines.length, -1),
    "open-detail": () => (current < 0 ? step(-1, 1) : onOpen?.()),
    ...(onClose && { "close-detail": onClose }),
  });
}
