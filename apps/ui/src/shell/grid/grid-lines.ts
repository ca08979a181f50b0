/** A line of a grid: a row, or the heading of the rows behind it. */
export type GridLine<Row> =
  | { readonly type: "row"; readonly key: string; readonly row: Row }
  | { readonly type: "group"; readonly key: string; readonly title: string; readonly detail?: string };

/** Index of the row that `by` steps lead to from the row `from` (-1 for none), headings not counted; ends stop it. */
export function stepRow(lines: readonly GridLine<unknown>[], from: number, by: number): number {
  const direction = by < 0 ? -1 : 1;
  let left = Math.abs(by);
  let found = from;
  for (let index = from + direction; index >= 0 && index < lines.length && left > 0; index += direction) {
    if (lines[index]?.type !== "row") {
      continue;
    }
    found = index;
    left--;
  }
  return found;
}

export type Sorting = { readonly column: string; readonly isDescending: boolean };

/** What a click on a column's title leads to: the more useful direction first, then the other, then none. */
export function nextSorting(was: Sorting | undefined, column: string, isDescendingFirst: boolean): Sorting | undefined {
  if (was?.column !== column) {
    return { column, isDescending: isDescendingFirst };
  }
  if (was.isDescending === isDescendingFirst) {
    return { column, isDescending: !isDescendingFirst };
  }
  return undefined;
}

/** Rows by what `value` says of them; those of which it says nothing come last, whatever the direction. */
export function sortRows<Row>(
  rows: readonly Row[],
  value: (row: Row) => number | string | undefined,
  isDescending: boolean,
): readonly Row[] {
  const direction = isDescending ? -1 : 1;
  return rows.toSorted((a, b) => {
    const left = value(a);
    const right = value(b);
    if (left === undefined || right === undefined) {
      return Number(left === undefined) - Number(right === undefined);
    }
    if (typeof left === "number" && typeof right === "number") {
      return direction * (left - right);
    }
    return direction * String(left).localeCompare(String(right));
  });
}
