import type { Seq, StreamInfo } from "@inspector/contract/page";
import { type RefObject, useEffect } from "react";
import type { Column } from "../../shell/data/column.ts";
import { useRowVersion, useSessionState, useSessionStore } from "../../shell/data/session-context.ts";
import type { ScrolledList } from "../../shell/list/useRowWindow.ts";
import { wantedRows } from "../../shell/list/wanted-rows.ts";
import styles from "./MessageGrid.module.css";
import { MessageRowView, rowElementId } from "./MessageRowView.tsx";

export const ROW_HEIGHT = 24;
export const HEAD_HEIGHT = 28;

const HEADINGS = [
  ["time", "Time, s"],
  ["direction", "Direction"],
  ["kind", "Kind"],
  ["subject", "Belongs to"],
  ["text", "Content"],
  ["status", "Status"],
  ["size", "Size"],
  ["delta", "Δ"],
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
    // biome-ignore-start lint/a11y: a table could not leave out the rows that are not in sight, and its headings do nothing
    <div
      ref={gridRef}
      role="grid"
      tabIndex={0}
      aria-label="Messages"
      aria-rowcount={length + 1}
      aria-colcount={HEADINGS.length}
      aria-activedescendant={isActiveShown ? rowElementId(selected) : undefined}
      className={styles["grid"]}
    >
      <div role="row" aria-rowindex={1} className={styles["head"]}>
        {HEADINGS.map(([name, title]) => (
          <span key={name} role="columnheader" className={styles[name]}>
            {title}
          </span>
        ))}
      </div>
      <div role="rowgroup" className={styles["content"]} style={{ height: list.height }}>
        <div role="presentation" className={styles["block"]} style={{ top: list.blockTop }}>
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
        </div>
      </div>
    </div>
    // biome-ignore-end lint/a11y: end of the grid
  );
}
