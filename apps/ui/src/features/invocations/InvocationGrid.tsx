import type { Nanos, Seq } from "@inspector/contract/page";
import { type RefObject, useEffect, useMemo } from "react";
import type { Column } from "../../shell/data/column.ts";
import { useRowVersion, useSessionState, useSessionStore } from "../../shell/data/session-context.ts";
import type { ExchangeRow } from "../../shell/data/session-store.ts";
import { onLine } from "../../shell/grid/caption-lines.ts";
import { Grid, GridCaption, GridHeading } from "../../shell/grid/Grid.tsx";
import type { RowWindow } from "../../shell/grid/row-window.ts";
import type { SelectList } from "../../shell/grid/useSelectList.ts";
import { wantedRows } from "../../shell/grid/wanted-rows.ts";
import { useSessionNow } from "../../shell/page/useSessionNow.ts";
import { addIdleGaps, type Caption, type IdleGaps } from "./captions.ts";
import styles from "./InvocationGrid.module.css";
import { exchangeElementId, InvocationRowView } from "./InvocationRowView.tsx";
import { placeOnAxis, type Span, waterfallAxis } from "./waterfall.ts";

export const ROW_HEIGHT = 26;

/** How often the clocks of what is in flight move. */
const CLOCK_MS = 200;
const IDLE_CLOCK_MS = 5000;

const HEADINGS = [
  ["time", "Time, s", "number"],
  ["name", "Function"],
  ["trigger", "Trigger"],
  ["status", "Status"],
  ["duration", "Duration", "number"],
  ["size", "Size", "number"],
  ["logs", "Logs", "number"],
  ["waterfall", "Waterfall"],
] as const;

type InvocationGridProps = {
  readonly gridRef: RefObject<HTMLDivElement | null>;
  readonly column: Column;
  readonly length: number;
  readonly captions: readonly Caption[];
  readonly list: SelectList;
  readonly selected: Seq | undefined;
  readonly onSelect: (id: Seq) => void;
  readonly onGaps: (change: (known: IdleGaps) => IdleGaps) => void;
};

/** Invocations and start-up steps in the order in which they began; only those in sight are in the document. */
export function InvocationGrid(props: InvocationGridProps) {
  const { gridRef, column, length, captions, list, selected, onSelect, onGaps } = props;
  const { exchanges } = useSessionStore();
  const { session } = useSessionState();
  const version = useRowVersion("exchanges");
  const { visibleRows, list: lines } = list;
  const { start, end } = visibleRows;
  useEffect(() => {
    const wanted = wantedRows(column, { start, end: Math.min(end, length) });
    exchanges.want(wanted);
  }, [exchanges, column, start, end, length]);
  const present = useSessionClock(exchanges, column, visibleRows);
  // A file stands still where its recording ended.
  const now = present ?? lastMoment(column.slice(start, end).map((id) => exchanges.get(id)));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows are read from the cache, which `version` stands for
  const axis = useMemo(() => {
    const rows = column.slice(start, end).map((id) => exchanges.get(id));
    return waterfallAxis(rows.flatMap((row) => (row ? spanOf(row, now) : [])));
  }, [exchanges, column, start, end, now, version]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  useEffect(() => {
    const around = column.slice(Math.max(0, start - 60), end + 60).map((id) => ({ id, row: exchanges.get(id) }));
    const rows = around.map(({ id, row }) => ({ id, from: row?.startedAt, to: row?.answeredAt }));
    onGaps((known) => addIdleGaps(known, rows));
  }, [exchanges, column, start, end, onGaps, version]);

  const { interventions } = useSessionState();
  const held = new Set(interventions.holds.held.map(({ invocationId }) => invocationId));
  const captionRows = useMemo(() => captions.map(({ row }) => row), [captions]);
  const shown = Array.from({ length: Math.max(0, lines.end - lines.start) }, (_, index) =>
    onLine(captionRows, lines.start + index),
  );
  const isActiveShown = shown.some((line) => "row" in line && column.at(line.row) === selected);
  return (
    <Grid
      gridRef={gridRef}
      label="Invocations"
      list={lines}
      lineCount={length + captions.length}
      columnCount={HEADINGS.length}
      rowHeight={ROW_HEIGHT}
      activeId={isActiveShown && selected !== undefined ? exchangeElementId(selected) : undefined}
      className={styles["columns"]}
      headings={HEADINGS.map(([name, title, type]) => (
        <GridHeading key={name} className={styles[name]} isNumber={type === "number"}>
          {title}
        </GridHeading>
      ))}
    >
      {shown.map((shownLine, index) => {
        const line = lines.start + index;
        if ("caption" in shownLine) {
          const caption = captions[shownLine.caption];
          return (
            caption && (
              <GridCaption
                key={`caption-${shownLine.caption}`}
                line={line}
                columnCount={HEADINGS.length}
                tone={caption.tone}
                isIdle={caption.isIdle}
              >
                {caption.text}
              </GridCaption>
            )
          );
        }
        const id = column.at(shownLine.row);
        if (id === undefined) {
          return null;
        }
        const row = exchanges.get(id);
        const [span] = row ? spanOf(row, now) : [];
        return (
          <InvocationRowView
            key={id}
            id={id}
            line={line}
            row={row}
            isGone={exchanges.isMissing(id)}
            {...(span && placeOnAxis(axis, span))}
            now={row?.state === "in-flight" ? present : undefined}
            startedAt={session?.startedAt ?? 0}
            isSelected={id === selected}
            isHeld={row?.type === "invocation" && held.has(row.invocationId)}
            onSelect={onSelect}
          />
        );
      })}
    </Grid>
  );
}

/** Nanoseconds since the session began; it moves fast only while something in sight is in flight. */
function useSessionClock(
  exchanges: { readonly get: (id: Seq) => ExchangeRow | undefined },
  column: Column,
  { start, end }: RowWindow,
): Nanos | undefined {
  const isRunning = column.slice(start, end).some((id) => exchanges.get(id)?.state === "in-flight");
  return useSessionNow(isRunning ? CLOCK_MS : IDLE_CLOCK_MS);
}

function lastMoment(rows: readonly (ExchangeRow | undefined)[]): number {
  return Math.max(0, ...rows.map((row) => row?.answeredAt ?? row?.startedAt ?? 0));
}

/** From the request to the answer; to now while there is none. */
function spanOf({ startedAt, answeredAt, state }: ExchangeRow, now: number): readonly Span[] {
  const from = startedAt ?? answeredAt;
  if (from === undefined) {
    return [];
  }
  const to = answeredAt ?? (state === "in-flight" ? Math.max(now, from) : from);
  return [{ from, to }];
}
