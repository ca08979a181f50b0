import type { InvocationOrder, Nanos, Seq } from "@inspector/contract/page";
import { type ReactNode, type Ref, type RefObject, useEffect, useMemo, useRef } from "react";
import { Silent } from "../../shell/controls/Silent.tsx";
import type { RowOrder } from "../../shell/data/row-order.ts";
import { useRowVersion, useSessionState, useSessionStore } from "../../shell/data/session-context.ts";
import type { ExchangeRow } from "../../shell/data/session-store.ts";
import { onLine } from "../../shell/grid/caption-lines.ts";
import { Grid, GridCaption, GridHeading } from "../../shell/grid/Grid.tsx";
import type { Sorting } from "../../shell/grid/grid-lines.ts";
import type { RowWindow } from "../../shell/grid/row-window.ts";
import { SortHeading } from "../../shell/grid/SortHeading.tsx";
import type { SelectList } from "../../shell/grid/useSelectList.ts";
import { wantedRows } from "../../shell/grid/wanted-rows.ts";
import { useSessionNow } from "../../shell/page/useSessionNow.ts";
import { useWidth } from "../../shell/page/useWidth.ts";
import type { Caption } from "./captions.ts";
import styles from "./InvocationGrid.module.css";
import { exchangeElementId, InvocationRowView } from "./InvocationRowView.tsx";
import type { IdleGaps } from "./idle-gaps.ts";
import { spansOf } from "./row-spans.ts";
import { useIdleGaps } from "./useIdleGaps.ts";
import { type Tick, waterfallAxis } from "./waterfall.ts";
import { barOf, scaleBackground, ticksOf } from "./waterfall-scale.ts";

export const ROW_HEIGHT = 26;

/** How often the clocks of what is in flight move. */
const CLOCK_MS = 200;
const IDLE_CLOCK_MS = 5000;

const HEADINGS = [
  { name: "time", title: "Time, s", isNumber: true, isSortable: true },
  { name: "name", title: "Function" },
  { name: "trigger", title: "Trigger" },
  { name: "status", title: "Status", isSortable: true },
  { name: "duration", title: "Duration", isNumber: true, isSortable: true },
  { name: "size", title: "Size", isNumber: true, isSortable: true },
  { name: "logs", title: "Logs", isNumber: true, isSortable: true },
  { name: "waterfall", title: "Waterfall" },
] as const;
const NO_ROWS: readonly Seq[] = [];

type InvocationGridProps = {
  readonly gridRef: RefObject<HTMLDivElement | null>;
  readonly column: RowOrder;
  readonly length: number;
  /** Undefined for the order in which they began. */
  readonly order: InvocationOrder | undefined;
  readonly onSort: (sorting: Sorting | undefined) => void;
  readonly captions: readonly Caption[];
  readonly list: SelectList;
  readonly selected: Seq | undefined;
  readonly onSelect: (id: Seq) => void;
  readonly onGaps: (change: (known: IdleGaps) => IdleGaps) => void;
};

/** Invocations and start-up steps in the order in which they began; only those in sight are in the document. */
export function InvocationGrid(props: InvocationGridProps) {
  const { gridRef, column, length, order, onSort, captions, list, selected, onSelect, onGaps } = props;
  const { exchanges } = useSessionStore();
  const { session } = useSessionState();
  const version = useRowVersion("exchanges");
  const { visibleRows, list: lines } = list;
  const { start, end } = visibleRows;
  const present = useSessionClock(exchanges, column, visibleRows);
  // A file stands still where its recording ended.
  const now = present ?? lastMoment(column.slice(start, end).map((id) => exchanges.get(id)));
  const endedAt = useMemo(() => new Map(session?.streams.map(({ id, endedAt }) => [id, endedAt])), [session?.streams]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows are read from the cache, which `version` stands for
  const axis = useMemo(() => {
    const rows = column.slice(start, end).map((id) => exchanges.get(id));
    return waterfallAxis(
      rows.flatMap((row) => (row ? spansOf(row, { now, streamEndedAt: endedAt.get(row.stream) }) : [])),
    );
  }, [exchanges, column, start, end, now, endedAt, version]);
  const scale = useRef<HTMLSpanElement>(null);
  const scaleWidth = useWidth(scale);
  const ticks = useMemo(() => ticksOf(axis, scaleWidth), [axis, scaleWidth]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the column grows in place, its length says so
  const around = useMemo(
    () => (order === undefined ? column.slice(Math.max(0, start - 60), end + 60) : NO_ROWS),
    [column, length, order, start, end],
  );
  const alsoWanted = useIdleGaps({ ids: around, now, onGaps });
  useEffect(() => {
    const wanted = wantedRows(column, { start, end: Math.min(end, length) });
    exchanges.want([...wanted, ...alsoWanted]);
  }, [exchanges, column, start, end, length, alsoWanted]);

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
      headings={HEADINGS.map((heading) => (
        <Heading key={heading.name} {...heading} order={order} onSort={onSort}>
          {heading.name === "waterfall" && <Scale scaleRef={scale} ticks={ticks} title={heading.title} />}
        </Heading>
      ))}
      variables={{ "--waterfall-scale": scaleBackground(axis, ticks) }}
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
        const bar = row && barOf(axis, row, now, endedAt.get(row.stream));
        return (
          <InvocationRowView
            key={id}
            id={id}
            line={line}
            row={row}
            isGone={exchanges.isMissing(id)}
            bar={bar?.parts ?? ""}
            barTitle={bar?.title}
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

type HeadingProps = {
  readonly name: string;
  readonly title: string;
  readonly isNumber?: true;
  readonly isSortable?: true;
  readonly order: InvocationOrder | undefined;
  readonly onSort: (sorting: Sorting | undefined) => void;
  /** In the place of the title. */
  readonly children: ReactNode;
};

function Heading({ name, title, isNumber, isSortable, order, onSort, children }: HeadingProps) {
  const look = { className: styles[name], isNumber: isNumber ?? false };
  if (!isSortable) {
    return <GridHeading {...look}>{children || title}</GridHeading>;
  }
  const sorting = order && { column: order.by, isDescending: order.isDescending };
  return <SortHeading id={name} title={title} first="descending" sorting={sorting} onSort={onSort} {...look} />;
}

/** Nanoseconds since the session began; it moves fast only while something in sight is in flight. */
function useSessionClock(
  exchanges: { readonly get: (id: Seq) => ExchangeRow | undefined },
  column: RowOrder,
  { start, end }: RowWindow,
): Nanos | undefined {
  const isRunning = column.slice(start, end).some((id) => exchanges.get(id)?.state === "in-flight");
  return useSessionNow(isRunning ? CLOCK_MS : IDLE_CLOCK_MS);
}

function lastMoment(rows: readonly (ExchangeRow | undefined)[]): number {
  return Math.max(0, ...rows.map((row) => row?.answeredAt ?? row?.startedAt ?? 0));
}

type ScaleProps = {
  readonly scaleRef: Ref<HTMLSpanElement>;
  readonly ticks: readonly Tick[];
  readonly title: string;
};

/** The scale of the bars, and for those who do not see it what the column is. */
function Scale({ scaleRef, ticks, title }: ScaleProps) {
  return (
    <>
      <Silent>{title}</Silent>
      <span ref={scaleRef} aria-hidden className={styles["scale"]}>
        {ticks.map(({ at, label }) => (
          <span key={at} className={styles["tick"]} style={{ left: `${at * 100}%` }}>
            {label}
          </span>
        ))}
      </span>
    </>
  );
}
