import { type InvocationOrder, SORT_KEYS } from "@inspector/contract/page";
import { formatPlural } from "../../shell/format/size.ts";
import { formatCount } from "../../shell/format/time.ts";
import type { Sorting } from "../../shell/grid/grid-lines.ts";

/** The order that an address names: "-duration" is the slowest first. */
export function parseOrder(text: string | undefined): InvocationOrder | undefined {
  const isDescending = text?.startsWith("-") === true;
  const by = SORT_KEYS.find((key) => key === (isDescending ? text?.slice(1) : text));
  return by && { by, isDescending };
}

/** How an address names it; undefined for the order in which they began. */
export function formatOrder(sorting: Sorting | undefined): string | undefined {
  return sorting && `${sorting.isDescending ? "-" : ""}${sorting.column}`;
}

/** What comes first, ascending and descending. */
const FIRST: Readonly<Record<InvocationOrder["by"], readonly [string, string]>> = {
  time: ["Oldest", "Newest"],
  status: ["Successful", "Failed"],
  duration: ["Fastest", "Slowest"],
  size: ["Smallest", "Largest"],
  logs: ["Fewest logs", "Most logs"],
};

/** The rows of an order: `isCut` when it has the first of all rows, else those that came since it was asked for are missing. */
type Sorted = { readonly count: number; readonly isCut: boolean };

/** @param sorted undefined while it is asked for @param total how many rows there are */
export function describeOrder(
  { by, isDescending }: InvocationOrder,
  sorted: Sorted | undefined,
  total: number,
): string {
  const first = `${FIRST[by][isDescending ? 1 : 0]} first`;
  if (sorted === undefined) {
    return `${first}: sorting…`;
  }
  const last = by === "duration" ? "; what has no duration yet comes last" : "";
  return `${first}: ${describeRows(sorted, total)}${last}`;
}

function describeRows({ count, isCut }: Sorted, total: number): string {
  if (isCut) {
    return `the first ${formatCount(count)} of ${formatCount(total)} rows`;
  }
  const rows = formatPlural(count, "row", "rows");
  return count < total ? `${rows}, and ${formatCount(total - count)} new to be put in their places` : rows;
}
