import type { Seq } from "@inspector/contract/page";
import type { RowOrder } from "../data/row-order.ts";
import type { RowWindow } from "./row-window.ts";

/** Rows fetched ahead on either side of those in sight. */
const AHEAD_ROWS = 60;

/** The rows to have at hand, the most urgent first: those in sight, then what a scroll would show next. */
export function wantedRows(column: RowOrder, visible: RowWindow): Seq[] {
  const after = column.slice(visible.end, visible.end + AHEAD_ROWS);
  const before = column.slice(visible.start - AHEAD_ROWS, visible.start).reverse();
  return [...column.slice(visible.start, visible.end), ...before.slice(0, 1), ...after, ...before.slice(1)];
}
