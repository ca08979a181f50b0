import { type InvocationOrder, SORT_KEYS } from "@inspector/contract/page";
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

/** @param shown how many rows the order has, undefined while it is asked for @param total how many there are */
export function describeOrder({ by, isDescending }: InvocationOrder, shown: number | undefined, total: number): string {
  const first = `${FIRST[by][isDescending ? 1 : 0]} first`;
  if (shown === undefined) {
    return `${first}: sorting…`;
  }
  const rows = shown < total ? `${formatCount(shown)} of ${formatCount(total)} rows` : `${formatCount(shown)} rows`;
  return `${first}: ${rows}${by === "duration" ? "; what has no duration yet comes last" : ""}`;
}
