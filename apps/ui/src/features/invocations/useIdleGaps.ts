import type { Nanos, Seq } from "@inspector/contract/page";
import { useEffect, useMemo } from "react";
import { useColumnLength, useRowVersion, useSessionPart, useSessionStore } from "../../shell/data/session-context.ts";
import type { ExchangeRow } from "../../shell/data/session-store.ts";
import { gapsBetween, type IdleGaps, idleAmong, type RowTime, withIdle } from "./idle-gaps.ts";
import { overAt } from "./row-spans.ts";

/** Of more calls that took long nobody looks at each: then nothing is called idle. */
const MAX_LONG = 200;

const NONE: readonly Seq[] = [];

type Options = {
  /** Rows around those in sight, in order. */
  readonly ids: readonly Seq[];
  readonly now: Nanos;
  readonly onGaps: (change: (known: IdleGaps) => IdleGaps) => void;
};

/**
 * Finds idle time between rows. What took long may have begun far above those in sight, so it is asked for where there may be
 * idle time.
 * @returns rows that are wanted for that, beside those in sight
 */
export function useIdleGaps({ ids, now, onGaps }: Options): readonly Seq[] {
  const store = useSessionStore();
  const streams = useSessionPart((state) => state.streams);
  const { view, isReady } = useSessionPart(({ lists }) => lists.long);
  const version = useRowVersion("exchanges");
  const timeOf = (id: Seq): RowTime => {
    const row = store.exchanges.get(id);
    return { id, from: row?.startedAt ?? row?.answeredAt, to: row && endOf(row) };
  };
  const endOf = (row: ExchangeRow): Nanos => {
    const streamEndedAt = streams.find(({ id }) => id === row.stream)?.endedAt;
    return overAt(row, { now, streamEndedAt }) ?? Number.POSITIVE_INFINITY;
  };
  const rows = ids.map(timeOf);
  const gaps = gapsBetween(rows);
  const mayBeIdle = gaps.length > 0;
  useEffect(() => (mayBeIdle ? store.watch("long") : undefined), [store, mayBeIdle]);
  const length = useColumnLength(view.column);
  const long = useMemo(
    () => (isReady && length <= MAX_LONG ? view.column.slice(0, length) : undefined),
    [view.column, isReady, length],
  );
  const times = long?.map(timeOf);
  const isKnown = times?.every(({ from }) => from !== undefined) ?? false;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` and `length` stand for what is read from the cache
  useEffect(() => {
    const busy = (times ?? []).flatMap(({ from, to }) => (from === undefined ? [] : [{ from, to: to ?? from }]));
    const idle = isKnown ? idleAmong(gaps, busy) : [];
    onGaps((known) => withIdle(known, rows, idle));
  }, [store, ids, version, isKnown, length, onGaps]);
  return mayBeIdle && long !== undefined ? long : NONE;
}
