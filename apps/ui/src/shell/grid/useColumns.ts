import { type RefObject, useMemo, useRef, useState } from "react";
import { keptInBrowser } from "../kept/kept.ts";
import { useWidth } from "../page/useWidth.ts";
import {
  type ColumnChoice,
  type ColumnLayout,
  type ColumnSpec,
  chooseWidth,
  formatChoice,
  layoutColumns,
  parseChoice,
  toggleColumn,
  USUAL_COLUMNS,
} from "./columns.ts";

/** The columns of a list as they stand now, and what a person can change about them. */
export type Columns<Spec extends ColumnSpec = ColumnSpec> = ColumnLayout<Spec> & {
  /** Ids of those shown: the same array as long as they are the same ones. */
  readonly ids: readonly Spec["id"][];
  readonly specs: readonly Spec[];
  readonly choice: ColumnChoice;
  readonly toggle: (id: string) => void;
  /** @param width in pixels; undefined for the usual one */
  readonly resize: (id: string, width: number | undefined) => void;
  /** While an edge is being moved: the choice is not kept until `isDone`. */
  readonly move: (choice: ColumnChoice, isDone: boolean) => void;
  readonly reset: () => void;
};

/** Columns of the list of that name; what a person chose of them survives a reload, as the theme does. */
export function useColumns<Spec extends ColumnSpec>(
  list: string,
  specs: readonly Spec[],
  grid: RefObject<HTMLElement | null>,
): Columns<Spec> {
  const key = `inspector.columns.${list.toLowerCase()}`;
  const width = useWidth(grid);
  const [choice, setChoice] = useState(() => parseChoice(keptInBrowser.getItem(key)));
  const layout = useMemo(() => layoutColumns(specs, choice, width), [specs, choice, width]);
  const ids = useSame<Spec["id"]>(layout.shown.map(({ id }) => id));
  const move = (next: ColumnChoice, isDone: boolean) => {
    setChoice(next);
    if (isDone) {
      store(key, formatChoice(next));
    }
  };
  return {
    ...layout,
    ids,
    specs,
    choice,
    toggle: (id) => move(toggleColumn(specs, choice, id), true),
    resize: (id, width) => move(chooseWidth(choice, id, width), true),
    move,
    reset: () => move(USUAL_COLUMNS, true),
  };
}

function store(key: string, text: string | undefined): void {
  if (text === undefined) {
    keptInBrowser.removeItem(key);
  } else {
    keptInBrowser.setItem(key, text);
  }
}

/** Rows are drawn again where other columns are shown, and not where one gets wider. */
function useSame<Id extends string>(ids: readonly Id[]): readonly Id[] {
  const kept = useRef(ids);
  if (kept.current.join(" ") !== ids.join(" ")) {
    kept.current = ids;
  }
  return kept.current;
}
