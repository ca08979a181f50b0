import { type GridLine, stepRow } from "./grid-lines.ts";
import type { GridSteps } from "./useGridKeys.ts";
import type { ScrolledList } from "./useRowWindow.ts";

export type LineStepsOptions = {
  readonly lines: readonly GridLine<unknown>[];
  readonly list: ScrolledList;
  readonly selected: string | undefined;
  readonly onSelect: (key: string) => void;
};

/** Moves the selection of a grid whose lines are all at hand; headings between the rows are passed. */
export function useLineSteps({ lines, list, selected, onSelect }: LineStepsOptions): GridSteps {
  const current = lines.findIndex((line) => line.type === "row" && line.key === selected);
  const move = (from: number, by: number) => {
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
  return {
    step: (by) => move(current, by),
    stepPage: (direction) => move(current, direction * page),
    toFirst: () => move(-1, 1),
    toLast: () => move(lines.length, -1),
  };
}
