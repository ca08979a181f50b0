import type { Seq, StreamInfo } from "@inspector/contract/page";
import { type RefObject, useEffect } from "react";
import type { Column } from "../../shell/data/column.ts";
import { useRowVersion, useSessionState, useSessionStore } from "../../shell/data/session-context.ts";
import { Grid, GridHeading } from "../../shell/grid/Grid.tsx";
import type { ScrolledList } from "../../shell/grid/useRowWindow.ts";
import { wantedRows } from "../../shell/grid/wanted-rows.ts";
import styles from "./MessageGrid.module.css";
import { MessageRowView, rowElementId } from "./MessageRowView.tsx";

export const ROW_HEIGHT = 24;

const HEADINGS = [
  ["time", "Time, s", "number"],
  ["direction", "Direction"],
  ["kind", "Kind"],
  ["subject", "Belongs to"],
  ["text", "Content"],
  ["status", "Status"],
  ["size", "Size", "number"],
  ["delta", "Δ", "number"],
] as const;

type MessageGridProps = {
  readonly gridRef: RefObject<HTMLDivElement | null>;
  readonly column: Column;
  readonly length: number;
  readonly list: ScrolledList;
  readonly selected: Seq | undefined;
  readonly onSelect: (seq: Seq) => void;
};

/** The list of messages: a grid of which only the rows in sight are in the document. */
export function MessageGrid({ gridRef, column, length, list, selected, onSelect }: MessageGridProps) {
  const { rows } = useSessionStore();
  const { session } = useSessionState();
  useRowVersion();
  const { start, end, visible } = list;
  useEffect(() => {
    rows.want(wantedRows(column, { start: visible.start, end: Math.min(visible.end, length) }));
  }, [rows, column, visible.start, visible.end, length]);

  const seqs = column.slice(start, end);
  const streams = new Map<number, StreamInfo>(session?.streams.map((stream) => [stream.id, stream]));
  const isActiveShown = selected !== undefined && seqs.includes(selected);
  return (
    <Grid
      gridRef={gridRef}
      label="Messages"
      list={list}
      lineCount={length}
      columnCount={HEADINGS.length}
      rowHeight={ROW_HEIGHT}
      activeId={isActiveShown ? rowElementId(selected) : undefined}
      className={styles["columns"]}
      headings={HEADINGS.map(([name, title, type]) => (
        <GridHeading key={name} className={styles[name]} isNumber={type === "number"}>
          {title}
        </GridHeading>
      ))}
    >
      {seqs.map((seq, position) => (
        <MessageRowView
          key={seq}
          seq={seq}
          index={start + position}
          row={rows.get(seq)}
          isGone={rows.isMissing(seq)}
          previousAt={rows.get(column.at(start + position - 1) ?? 0)?.at}
          stream={streams.get(rows.get(seq)?.stream ?? 0)}
          startedAt={session?.startedAt ?? 0}
          isSelected={seq === selected}
          onSelect={onSelect}
        />
      ))}
    </Grid>
  );
}
