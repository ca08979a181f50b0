import type { InvocationDetail, LogLevel, MessageRow, Seq } from "@inspector/contract/page";
import { type KeyboardEvent, useRef, useState } from "react";
import { Segments } from "../../shell/controls/Segments.tsx";
import { statusOf } from "../../shell/format/message.ts";
import { formatPlural } from "../../shell/format/size.ts";
import { formatDelta } from "../../shell/format/time.ts";
import { useRowWindow } from "../../shell/grid/useRowWindow.ts";
import styles from "../detail/detail.module.css";
import { LoadedMessage } from "./LoadedMessage.tsx";
import own from "./pane.module.css";
import { useMessageRows } from "./useMessageRows.ts";

const LINE_HEIGHT = 22;

const LEVELS = ["all", "info", "warning", "error"] as const;
type Least = (typeof LEVELS)[number];

const HIDDEN: Readonly<Record<Least, readonly LogLevel[]>> = {
  all: [],
  info: ["Trace", "Debug"],
  warning: ["Trace", "Debug", "Information"],
  error: ["Trace", "Debug", "Information", "Warning"],
};

/** The logs of an invocation in a list, and the chosen one as a whole below it. */
export function LogsTab({ detail }: { readonly detail: InvocationDetail }) {
  const [least, setLeast] = useState<Least>("all");
  const [chosen, setChosen] = useState<Seq | undefined>();
  const { rows, isComplete } = useMessageRows(detail.logs);
  if (detail.logs.length === 0) {
    return <p className={styles["empty"]}>Nothing was logged.</p>;
  }
  const count = Math.max(detail.logs.length, detail.row.type === "invocation" ? detail.row.logs : 0);
  const shown = rows.filter(({ level }) => level === undefined || !HIDDEN[least].includes(level));
  return (
    <>
      <div className={own["bar"]}>
        <Segments label="Least level" options={LEVELS} value={least} onChange={setLeast} />
        <span>
          {shown.length === count
            ? formatPlural(shown.length, "log", "logs")
            : `${shown.length} of ${formatPlural(count, "log", "logs")}${isComplete ? "" : ", loading"}`}
        </span>
      </div>
      <LogList
        rows={shown}
        startedAt={detail.row.startedAt ?? rows[0]?.at ?? 0}
        answeredAt={detail.row.answeredAt}
        chosen={chosen}
        onChoose={setChosen}
      />
      {chosen !== undefined && (
        <div className={own["detail"]}>
          <LoadedMessage key={chosen} seq={chosen} />
        </div>
      )}
    </>
  );
}

type LogListProps = {
  readonly rows: readonly MessageRow[];
  readonly startedAt: number;
  readonly answeredAt: number | undefined;
  readonly chosen: Seq | undefined;
  readonly onChoose: (seq: Seq) => void;
};

function LogList({ rows, startedAt, answeredAt, chosen, onChoose }: LogListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRowWindow({ scroller, count: rows.length, rowHeight: LINE_HEIGHT, headHeight: 0 });
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (by === 0) {
      return;
    }
    event.preventDefault();
    const index = Math.min(Math.max(0, rows.findIndex(({ seq }) => seq === chosen) + by), rows.length - 1);
    const row = rows[index];
    if (!row) {
      return;
    }
    onChoose(row.seq);
    list.scrollTo(index, "nearest");
  };
  return (
    // biome-ignore-start lint/a11y: options are marked by aria-activedescendant; only those in sight are in the document
    <div
      ref={scroller}
      role="listbox"
      aria-label="Logs"
      tabIndex={0}
      aria-activedescendant={chosen === undefined ? undefined : `log-${chosen}`}
      className={own["logs"]}
      onKeyDown={onKeyDown}
    >
      <div role="presentation" className={own["content"]} style={{ height: list.height }}>
        <div role="presentation" className={own["block"]} style={{ top: list.blockTop }}>
          {rows.slice(list.start, list.end).map((row, index) => {
            const status = statusOf(row);
            const isLate = answeredAt !== undefined && row.at > answeredAt;
            return (
              <div
                key={row.seq}
                id={`log-${row.seq}`}
                role="option"
                aria-selected={row.seq === chosen}
                aria-setsize={rows.length}
                aria-posinset={list.start + index + 1}
                className={own["logRow"]}
                data-tone={status?.tone}
                title={row.text}
                onClick={() => onChoose(row.seq)}
              >
                <span className={own["time"]}>+{formatDelta(row.at - startedAt)}</span>
                <span className={own["level"]}>{isLate ? "dropped" : status?.label}</span>
                <span className={own["text"]}>{row.text}</span>
              </div>
            );
          })}
        </div>
      </div>
    </div>
    // biome-ignore-end lint/a11y: end of the list
  );
}
