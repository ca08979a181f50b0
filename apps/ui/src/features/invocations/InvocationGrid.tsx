import type { InvocationOrder, Nanos, Seq } from "@inspector/contract/page";
import { type ReactNode, type Ref, type RefObject, useEffect, useMemo, useRef } from "react";
import { Silent } from "../../shell/controls/Silent.tsx";
import type { RowOrder } from "../../shell/data/row-order.ts";
import { useRowVersion, useSessionPart, useSessionStore } from "../../shell/data/session-context.ts";
import type { ExchangeRow } from "../../shell/data/session-store.ts";
import { onLine } from "../../shell/grid/caption-lines.ts";
import { Grid, GridCaption, GridHeading } from "../../shell/grid/Grid.tsx";
import type { Sorting } from "../../shell/grid/grid-lines.ts";
import type { RowWindow } from "../../shell/grid/row-window.ts";
import { SortHeading } from "../../shell/grid/SortHeading.tsx";
import { useColumns } from "../../shell/grid/useColumns.ts";
import type { SelectList } from "../../shell/grid/useSelectList.ts";
import { wantedRows } from "../../shell/grid/wanted-rows.ts";
import { useShell } from "../../shell/page/shell-context.ts";
import { useSessionNow } from "../../shell/page/useSessionNow.ts";
import { useSteady } from "../../shell/page/useSteady.ts";
import { useWidthOf } from "../../shell/page/useWidth.ts";
import { type Stretch, steadyAxis, type Tick, waterfallAxis } from "../timing/waterfall.ts";
import type { Caption } from "./captions.ts";
import styles from "./InvocationGrid.module.css";
import { exchangeElementId, InvocationRowView } from "./InvocationRowView.tsx";
import type { IdleGaps } from "./idle-gaps.ts";
import { INVOCATION_COLUMNS, type InvocationColumn } from "./invocation-columns.ts";
import { invocationFacts } from "./invocation-facts.ts";
import { spansOf } from "./row-spans.ts";
import { useIdleGaps } from "./useIdleGaps.ts";
import { barOf, scaleBackground, ticksOf } from "./waterfall-scale.ts";

export const ROW_HEIGHT = 26;

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
  /** The call that the selected one is compared with. */
  readonly beside: Seq | undefined;
  readonly onSelect: (id: Seq) => void;
  readonly onCompare: (id: Seq) => void;
  readonly onGaps: (change: (known: IdleGaps) => IdleGaps) => void;
};

/** Invocations and start-up steps in the order in which they began; only those in sight are in the document. */
export function InvocationGrid(props: InvocationGridProps) {
  const { gridRef, column, length, order, captions, list, selected, beside, onGaps } = props;
  const onSelect = useSteady(props.onSelect);
  const onCompare = useSteady(props.onCompare);
  const onSort = useSteady(props.onSort);
  const { exchanges } = useSessionStore();
  const streams = useSessionPart((state) => state.streams);
  const sessionStartedAt = useSessionPart(({ session }) => session?.startedAt ?? 0);
  const columns = useColumns("invocations", INVOCATION_COLUMNS, gridRef);
  const version = useRowVersion("exchanges");
  const { visibleRows, list: lines } = list;
  const { start, end } = visibleRows;
  const present = useSessionClock(exchanges, column, visibleRows);
  // A file stands still where its recording ended.
  const now = present ?? lastMoment(column.slice(start, end).map((id) => exchanges.get(id)));
  const endedAt = useMemo(() => new Map(streams.map(({ id, endedAt }) => [id, endedAt])), [streams]);
  const { isFollowing } = useShell();
  const lastAxis = useRef<readonly Stretch[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows are read from the cache, which `version` stands for
  const axis = useMemo(() => {
    const rows = column.slice(start, end).map((id) => exchanges.get(id));
    const spans = rows.flatMap((row) => (row ? spansOf(row, { now, streamEndedAt: endedAt.get(row.stream) }) : []));
    return isFollowing ? steadyAxis(lastAxis.current, spans) : waterfallAxis(spans);
  }, [exchanges, column, start, end, now, endedAt, version, isFollowing]);
  useEffect(() => {
    lastAxis.current = axis;
  }, [axis]);
  const [scaleWidth, scale] = useWidthOf();
  const hasScale = columns.ids.includes("waterfall");
  const ticks = useMemo(() => ticksOf(axis, scaleWidth), [axis, scaleWidth]);
  const background = useMemo(() => scaleBackground(axis, ticks), [axis, ticks]);
  const headings = useMemo(
    () =>
      columns.shown.map((column) => (
        <Heading key={column.id} column={column} order={order} onSort={onSort}>
          {column.id === "waterfall" && (
            <Scale scaleRef={scale} ticks={ticks} background={background} title={column.title} />
          )}
        </Heading>
      )),
    [columns.shown, order, onSort, scale, ticks, background],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: the column grows in place, its length says so
  const around = useMemo(
    () => (order === undefined ? column.slice(Math.max(0, start - 60), end + 60) : NO_ROWS),
    [column, length, order, start, end],
  );
  const alsoWanted = useIdleGaps({ ids: around, now, onGaps });
  useEffect(() => {
    const wanted = wantedRows(column, { start, end: Math.min(end, length) });
    exchanges.want([...wanted, ...alsoWanted], order === undefined && end >= length);
  }, [exchanges, column, order, start, end, length, alsoWanted]);

  const holds = useSessionPart(({ interventions }) => interventions.holds);
  const held = new Set(holds.held.map(({ invocationId }) => invocationId));
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
      columns={columns}
      rowHeight={ROW_HEIGHT}
      activeId={isActiveShown && selected !== undefined ? exchangeElementId(selected) : undefined}
      className={styles["columns"]}
      factsOf={(line) => {
        const shownLine = onLine(captionRows, line);
        const row = "row" in shownLine ? exchanges.get(column.at(shownLine.row) ?? 0) : undefined;
        return row
          ? invocationFacts(
              row,
              streams.find(({ id }) => id === row.stream),
            )
          : [];
      }}
      headings={headings}
      backdrop={hasScale && <span className={styles["lines"]} style={{ background }} />}
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
                columnCount={columns.ids.length}
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
            columns={columns.ids}
            line={line}
            row={row}
            isGone={exchanges.isMissing(id)}
            bar={bar?.parts ?? ""}
            barTitle={bar?.title}
            now={row?.state === "in-flight" ? present : undefined}
            startedAt={sessionStartedAt}
            isSelected={id === selected}
            isBeside={id === beside}
            isHeld={row?.type === "invocation" && held.has(row.invocationId)}
            onSelect={onSelect}
            onCompare={onCompare}
          />
        );
      })}
    </Grid>
  );
}

type HeadingProps = {
  readonly column: InvocationColumn;
  readonly order: InvocationOrder | undefined;
  readonly onSort: (sorting: Sorting | undefined) => void;
  /** In the place of the title. */
  readonly children: ReactNode;
};

function Heading({ column: { id, title, isNumber, isSortable }, order, onSort, children }: HeadingProps) {
  const look = { className: styles[id], isNumber: isNumber ?? false };
  if (!isSortable) {
    return (
      <GridHeading column={id} {...look}>
        {children || title}
      </GridHeading>
    );
  }
  const sorting = order && { column: order.by, isDescending: order.isDescending };
  return <SortHeading id={id} title={title} first="descending" sorting={sorting} onSort={onSort} {...look} />;
}

/** Nanoseconds since the session began; it moves each second only while something in sight is in flight. */
function useSessionClock(
  exchanges: { readonly get: (id: Seq) => ExchangeRow | undefined },
  column: RowOrder,
  { start, end }: RowWindow,
): Nanos | undefined {
  const isRunning = column.slice(start, end).some((id) => exchanges.get(id)?.state === "in-flight");
  return useSessionNow(isRunning);
}

function lastMoment(rows: readonly (ExchangeRow | undefined)[]): number {
  return Math.max(0, ...rows.map((row) => row?.answeredAt ?? row?.startedAt ?? 0));
}

type ScaleProps = {
  readonly scaleRef: Ref<HTMLSpanElement>;
  readonly ticks: readonly Tick[];
  /** The same lines as behind the rows. */
  readonly background: string;
  readonly title: string;
};

/** The scale of the bars, and for those who do not see it what the column is. */
function Scale({ scaleRef, ticks, background, title }: ScaleProps) {
  return (
    <>
      <Silent>{title}</Silent>
      <span ref={scaleRef} aria-hidden className={styles["scale"]} style={{ background }}>
        {ticks.map(({ at, label }) => (
          <span key={at} className={styles["tick"]} style={{ left: `${at * 100}%` }}>
            {label}
          </span>
        ))}
      </span>
    </>
  );
}
