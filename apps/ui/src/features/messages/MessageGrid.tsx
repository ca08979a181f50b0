import type { Seq } from "@inspector/contract/page";
import { type RefObject, useEffect, useMemo } from "react";
import type { Column } from "../../shell/data/column.ts";
import { useRowVersion, useSessionPart, useSessionStore } from "../../shell/data/session-context.ts";
import { Grid, GridHeading } from "../../shell/grid/Grid.tsx";
import { useColumns } from "../../shell/grid/useColumns.ts";
import type { ScrolledList } from "../../shell/grid/useRowWindow.ts";
import { wantedRows } from "../../shell/grid/wanted-rows.ts";
import { useSteady } from "../../shell/page/useSteady.ts";
import styles from "./MessageGrid.module.css";
import { MessageRowView, rowElementId } from "./MessageRowView.tsx";
import { MESSAGE_COLUMNS, type MessageColumn } from "./message-columns.ts";
import { messageFacts } from "./message-facts.ts";

export const ROW_HEIGHT = 24;

type MessageGridProps = {
  readonly gridRef: RefObject<HTMLDivElement | null>;
  readonly column: Column;
  readonly length: number;
  readonly list: ScrolledList;
  readonly selected: Seq | undefined;
  readonly onSelect: (seq: Seq) => void;
};

/** The list of messages: a grid of which only the rows in sight are in the document. */
export function MessageGrid({ gridRef, column, length, list, selected, ...props }: MessageGridProps) {
  const onSelect = useSteady(props.onSelect);
  const { rows } = useSessionStore();
  const lives = useSessionPart((state) => state.streams);
  const startedAt = useSessionPart(({ session }) => session?.startedAt ?? 0);
  const columns = useColumns("messages", MESSAGE_COLUMNS, gridRef);
  useRowVersion();
  const { start, end, visible } = list;
  useEffect(() => {
    rows.want(wantedRows(column, { start: visible.start, end: Math.min(visible.end, length) }), visible.end >= length);
  }, [rows, column, visible.start, visible.end, length]);

  const seqs = column.slice(start, end);
  const streams = useMemo(() => new Map(lives.map((stream) => [stream.id, stream])), [lives]);
  const isActiveShown = selected !== undefined && seqs.includes(selected);
  return (
    <Grid
      gridRef={gridRef}
      label="Messages"
      list={list}
      lineCount={length}
      columns={columns}
      rowHeight={ROW_HEIGHT}
      activeId={isActiveShown ? rowElementId(selected) : undefined}
      className={styles["columns"]}
      factsOf={(line) => {
        const row = rows.get(column.at(line) ?? 0);
        return row === undefined ? [] : messageFacts(row, streams.get(row.stream));
      }}
      headings={columns.shown.map(({ id, title, isNumber }: MessageColumn) => (
        <GridHeading key={id} column={id} className={styles[id]} isNumber={isNumber}>
          {title}
        </GridHeading>
      ))}
    >
      {seqs.map((seq, position) => (
        <MessageRowView
          key={seq}
          seq={seq}
          columns={columns.ids}
          index={start + position}
          row={rows.get(seq)}
          isGone={rows.isMissing(seq)}
          previousAt={rows.get(column.at(start + position - 1) ?? 0)?.at}
          stream={streams.get(rows.get(seq)?.stream ?? 0)}
          startedAt={startedAt}
          isSelected={seq === selected}
          onSelect={onSelect}
        />
      ))}
    </Grid>
  );
}
