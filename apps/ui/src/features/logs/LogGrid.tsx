import type { LineRow, MessageRow, Seq } from "@inspector/contract/page";
import { type MouseEvent, memo, type ReactNode, type RefObject, useEffect, useMemo } from "react";
import { StatusMark } from "../../shell/controls/StatusMark.tsx";
import type { StreamLife } from "../../shell/data/growth.ts";
import type { LogOrder } from "../../shell/data/log-order.ts";
import { useRowVersion, useSessionPart, useSessionStore } from "../../shell/data/session-context.ts";
import { withoutColours } from "../../shell/format/ansi.ts";
import { formatMoment, formatOffset } from "../../shell/format/time.ts";
import { Grid, GridCell, GridHeading, GridRow, MissingCells } from "../../shell/grid/Grid.tsx";
import { useColumns } from "../../shell/grid/useColumns.ts";
import type { ScrolledList } from "../../shell/grid/useRowWindow.ts";
import { wantedRows } from "../../shell/grid/wanted-rows.ts";
import { useSteady } from "../../shell/page/useSteady.ts";
import styles from "./LogGrid.module.css";
import { LogText } from "./LogText.tsx";
import { LOG_COLUMNS, type LogColumn, type LogColumnId } from "./log-columns.ts";
import { entryOfLine, entryOfMessage, type LogEntry } from "./log-entry.ts";
import type { LogLook } from "./log-look.ts";

const ROW_HEIGHT = 24;
const WRAPPED_HEIGHT = 40;

/** All rows of a list have one height: wrapped ones show two lines of their text, and the opened one all of it. */
export function rowHeightOf({ isWrapped }: LogLook): number {
  return isWrapped ? WRAPPED_HEIGHT : ROW_HEIGHT;
}

type LogGridProps = {
  readonly gridRef: RefObject<HTMLDivElement | null>;
  readonly order: LogOrder;
  readonly length: number;
  readonly list: ScrolledList;
  readonly look: LogLook;
  readonly selected: number | undefined;
  /** Rows that are going to be copied together. */
  readonly isMarked: (index: number) => boolean;
  /** @param isMore the shift key: what was selected and what lies between stays marked */
  readonly onSelect: (row: number, isMore: boolean) => void;
  readonly onInvocation: (invocation: Seq) => void;
};

/** The log in the order of time: a grid of which only the lines in sight are in the document. */
export function LogGrid(props: LogGridProps) {
  const { gridRef, order, length, list, look, selected, isMarked, onSelect } = props;
  const onInvocation = useSteady(props.onInvocation);
  const startedAt = useSessionPart(({ session }) => session?.startedAt ?? 0);
  const columns = useColumns("logs", LOG_COLUMNS, gridRef);
  const entryOf = useEntries(order, list, length);
  const rows = order.slice(list.start, list.end);
  const isActiveShown = selected !== undefined && rows.includes(selected);
  return (
    <Grid
      gridRef={gridRef}
      label="Logs"
      list={list}
      lineCount={length}
      columns={columns}
      rowHeight={rowHeightOf(look)}
      activeId={isActiveShown ? rowId(selected) : undefined}
      className={styles["columns"]}
      headings={columns.shown.map(({ id, title, isNumber }: LogColumn) => (
        <GridHeading key={id} column={id} className={styles[id]} isNumber={isNumber}>
          <span>{title}</span>
        </GridHeading>
      ))}
    >
      {rows.map((row, position) => (
        <LogRow
          key={row}
          row={row}
          columns={columns.ids}
          index={list.start + position}
          {...entryOf(row)}
          look={look}
          startedAt={startedAt}
          isSelected={row === selected}
          isMarked={isMarked(list.start + position)}
          onSelect={onSelect}
          onInvocation={onInvocation}
        />
      ))}
    </Grid>
  );
}

type Found = { readonly entry: LogEntry | undefined; readonly isGone: boolean };

/** Fetches the rows around those in sight, of both kinds. */
function useEntries(order: LogOrder, { visible }: ScrolledList, length: number): (row: number) => Found {
  const { rows, lines } = useSessionStore();
  const streams = useSessionPart((state) => state.streams);
  useRowVersion("rows");
  useRowVersion("lines");
  useEffect(() => {
    const wanted = wantedRows(order, { start: visible.start, end: Math.min(visible.end, length) });
    rows.want(
      wanted.filter((row) => row > 0),
      visible.end >= length,
    );
    lines.want(wanted.filter((row) => row < 0).map((row) => -row));
  }, [rows, lines, order, visible.start, visible.end, length]);
  // The same entry as before of what is the same row, so that it is not drawn again.
  // biome-ignore lint/correctness/useExhaustiveDependencies: entries name their streams
  const known = useMemo(() => new WeakMap<LineRow | MessageRow, LogEntry>(), [streams]);
  const entryOf = <Row extends LineRow | MessageRow>(
    row: Row | undefined,
    make: (row: Row, stream: StreamLife | undefined) => LogEntry,
  ): LogEntry | undefined => {
    if (row === undefined) {
      return undefined;
    }
    const entry =
      known.get(row) ??
      make(
        row,
        streams.find(({ id }) => id === row.stream),
      );
    known.set(row, entry);
    return entry;
  };
  return (row) =>
    row < 0
      ? { entry: entryOf(lines.get(-row), entryOfLine), isGone: lines.isMissing(-row) }
      : { entry: entryOf(rows.get(row), entryOfMessage), isGone: rows.isMissing(row) };
}

function rowId(row: number): string {
  return row < 0 ? `line-${-row}` : `log-${row}`;
}

type LogRowProps = Found & {
  readonly row: number;
  readonly columns: readonly LogColumnId[];
  readonly index: number;
  readonly look: LogLook;
  readonly startedAt: number;
  readonly isSelected: boolean;
  readonly isMarked: boolean;
  readonly onSelect: LogGridProps["onSelect"];
  readonly onInvocation: LogGridProps["onInvocation"];
};

function LogRow({ row, index, entry, isGone, isSelected, isMarked, onSelect, ...rest }: LogRowProps) {
  return (
    <GridRow
      id={rowId(row)}
      line={index}
      isSelected={isSelected || isMarked}
      onMouseDown={(event) => event.shiftKey && event.preventDefault()}
      onClick={(event) => onSelect(row, event.shiftKey)}
    >
      {entry ? <Cells entry={entry} {...rest} /> : <MissingCells name={`line ${index + 1}`} isGone={isGone} />}
    </GridRow>
  );
}

type CellsProps = Pick<LogRowProps, "columns" | "look" | "startedAt" | "onInvocation"> & { readonly entry: LogEntry };

const Cells = memo(function Cells(props: CellsProps) {
  return props.columns.map((id) => {
    const Cell = CELLS[id];
    return <Cell key={id} {...props} />;
  });
});

const CELLS: Readonly<Record<LogColumnId, (props: CellsProps) => ReactNode>> = {
  time: ({ entry: { at }, startedAt }) => (
    <GridCell className={styles["time"]} isNumber title={formatMoment(startedAt, at)}>
      {formatOffset(at)}
    </GridCell>
  ),
  level: ({ entry: { level, category } }) => (
    <GridCell className={styles["level"]}>{level ? <StatusMark {...level} /> : <span>{category}</span>}</GridCell>
  ),
  source: Source,
  category: ({ entry: { level, category } }) => (
    <GridCell className={styles["category"]} title={category}>
      {level && category}
    </GridCell>
  ),
  text: ({ entry: { text, level, isSystem }, look }) => (
    <GridCell className={look.isWrapped ? styles["wrapped"] : styles["text"]} title={withoutColours(text)}>
      <LogText text={text} tone={level?.tone} isSystem={isSystem} isRaw={look.isRaw} />
    </GridCell>
  ),
};

function Source({ entry: { source, isFunction, invocation }, onInvocation }: CellsProps) {
  const open = (event: MouseEvent) => {
    event.stopPropagation();
    if (invocation !== undefined) {
      onInvocation(invocation);
    }
  };
  return (
    <GridCell className={styles["source"]} data-function={isFunction} title={source}>
      {invocation === undefined ? (
        source
      ) : (
        <button type="button" tabIndex={-1} title={`Show the invocation of ${source}`} onClick={open}>
          {source}
        </button>
      )}
    </GridCell>
  );
}
