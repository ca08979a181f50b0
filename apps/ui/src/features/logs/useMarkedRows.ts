import { useState } from "react";
import type { LogOrder } from "../../shell/data/log-order.ts";
import { MAX_COPIED } from "./copy-lines.ts";

export type MarkedRows = {
  /** Those between where marking began and the selected one, at most {@link MAX_COPIED}; undefined while none are marked. */
  readonly rows: readonly number[] | undefined;
  readonly isMarked: (index: number) => boolean;
  /** Marking goes on, or begins at the selected row: the next one that is selected is its other end. */
  readonly extend: () => void;
};

/** Rows that are marked with the shift key. Selecting one without it ends that. */
export function useMarkedRows(order: LogOrder, selected: number | undefined): MarkedRows {
  const [mark, setMark] = useState<{ readonly from: number; readonly until: number | undefined }>();
  const [last, setLast] = useState(selected);
  // The row behind `extend` is part of it, every other one is not.
  if (last !== selected) {
    setLast(selected);
    setMark((was) => (was !== undefined && was.until === undefined ? { ...was, until: selected } : undefined));
  }
  const ends = mark?.until === undefined ? [] : [order.indexOf(mark.from), order.indexOf(mark.until)];
  const first = Math.min(...ends);
  const end = Math.max(...ends) + 1;
  const isAny = ends.length > 0 && first >= 0;
  return {
    rows: isAny ? order.slice(first, Math.min(end, first + MAX_COPIED)) : undefined,
    isMarked: (index) => isAny && index >= first && index < end,
    extend: () => selected !== undefined && setMark({ from: mark?.from ?? selected, until: undefined }),
  };
}
