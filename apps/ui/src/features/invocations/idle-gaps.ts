import type { Nanos, Seq } from "@inspector/contract/page";
import type { Span } from "../timing/waterfall.ts";

/** Time between two rows from which a caption calls it idle, in nanoseconds. */
export const IDLE_NS: Nanos = 60e9;

/** Rows before which nothing happened for a while: how long, by the row's id. */
export type IdleGaps = ReadonlyMap<Seq, Nanos>;

/** A row's time: `to` is Infinity while it is not over, `from` undefined while the row is not at hand. */
export type RowTime = { readonly id: Seq; readonly from: Nanos | undefined; readonly to: Nanos | undefined };

/** A stretch between two rows in which neither was at work. */
export type Gap = Span & { readonly id: Seq };

/** Where consecutive rows that are at hand lie more than {@link IDLE_NS} apart, counted from the end of the last that was at work. */
export function gapsBetween(rows: readonly RowTime[]): readonly Gap[] {
  const gaps: Gap[] = [];
  let end: Nanos | undefined;
  for (const { id, from, to } of rows) {
    if (from !== undefined && end !== undefined && from - end > IDLE_NS) {
      gaps.push({ id, from: end, to: from });
    }
    // Rows overlap: idle time begins when the last of them ends.
    end = from === undefined ? undefined : Math.max(end ?? 0, to ?? from);
  }
  return gaps;
}

/** @param busy times of what was at work elsewhere in the list: while something was in flight nothing is idle */
export function idleAmong(gaps: readonly Gap[], busy: readonly Span[]): readonly Gap[] {
  return gaps.filter((gap) => !busy.some(({ from, to }) => from < gap.to && to > gap.from));
}

/** What is known of idle time: what was found among `rows` stands in place of what was known of them. */
export function withIdle(known: IdleGaps, rows: readonly RowTime[], idle: readonly Gap[]): IdleGaps {
  const found = new Map(idle.map(({ id, from, to }) => [id, to - from]));
  // Of the first row, and of one behind a row that is not at hand, nothing new is known.
  const seen = rows.filter(({ from }, index) => from !== undefined && rows[index - 1]?.from !== undefined);
  if (seen.every(({ id }) => known.get(id) === found.get(id))) {
    return known;
  }
  const next = new Map(known);
  for (const { id } of seen) {
    const span = found.get(id);
    if (span === undefined) {
      next.delete(id);
    } else {
      next.set(id, span);
    }
  }
  return next;
}
