import type { InvocationDetail, Seq } from "@inspector/contract/page";
import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import { Segments } from "../../shell/controls/Segments.tsx";
import { withoutColours } from "../../shell/format/ansi.ts";
import { statusOf } from "../../shell/format/message.ts";
import { formatPlural } from "../../shell/format/size.ts";
import { formatCount, formatDelta } from "../../shell/format/time.ts";
import { useRowWindow } from "../../shell/grid/useRowWindow.ts";
import styles from "../detail/detail.module.css";
import { LogText } from "../logs/LogText.tsx";
import { LoadedMessage } from "./LoadedMessage.tsx";
import own from "./pane.module.css";
import { useRowsInSight } from "./useRowsInSight.ts";

const LINE_HEIGHT = 24;

const LEVELS = ["all", "info", "warning", "error"] as const;
type Least = (typeof LEVELS)[number];

/** The number of the lowest level that is shown; logs without a level always are. */
const LEAST: Readonly<Record<Least, number>> = { all: 0, info: 2, warning: 3, error: 4 };

/** The logs of an invocation in a list, and the chosen one as a whole below it. */
export function LogsTab({ detail }: { readonly detail: InvocationDetail }) {
  const { logs, logLevels, row } = detail;
  const [least, setLeast] = useState<Least>("all");
  const [chosen, setChosen] = useState<Seq | undefined>();
  const shown = useMemo(
    () => (least === "all" ? logs : logs.filter((_, index) => !(Number(logLevels[index]) < LEAST[least]))),
    [logs, logLevels, least],
  );
  const all = row.type === "invocation" ? Math.max(row.logs, logs.length) : logs.length;
  if (logs.length === 0) {
    return <p className={styles["empty"]}>Nothing was logged.</p>;
  }
  return (
    <>
      <div className={own["bar"]}>
        <Segments label="Least level" options={LEVELS} value={least} onChange={setLeast} />
        <span>
          {shown.length === all
            ? formatPlural(all, "log", "logs")
            : `${formatCount(shown.length)} of ${formatPlural(all, "log", "logs")}`}
          {logs.length < all && `, of which the newest ${formatCount(logs.length)} are listed`}
        </span>
      </div>
      <LogList
        logs={shown}
        startedAt={detail.row.startedAt}
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
  readonly logs: readonly Seq[];
  readonly startedAt: number | undefined;
  readonly answeredAt: number | undefined;
  readonly chosen: Seq | undefined;
  readonly onChoose: (seq: Seq) => void;
};

function LogList({ logs, startedAt, answeredAt, chosen, onChoose }: LogListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRowWindow({ scroller, count: logs.length, rowHeight: LINE_HEIGHT, headHeight: 0 });
  const inSight = logs.slice(list.start, list.end);
  const [first] = logs;
  // Where the request was not seen, time counts from the first log.
  const needsFirst = startedAt === undefined && first !== undefined;
  const rowOf = useRowsInSight(needsFirst ? [...inSight, first] : inSight);
  const beganAt = startedAt ?? (first === undefined ? undefined : rowOf(first)?.at) ?? 0;
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (by === 0) {
      return;
    }
    event.preventDefault();
    const at = chosen === undefined ? -1 : logs.indexOf(chosen);
    const index = Math.min(Math.max(0, at + by), logs.length - 1);
    const next = logs[index];
    if (next === undefined) {
      return;
    }
    onChoose(next);
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
          {inSight.map((seq, index) => {
            const row = rowOf(seq);
            const status = row && statusOf(row);
            const isLate = row !== undefined && answeredAt !== undefined && row.at > answeredAt;
            return (
              <div
                key={seq}
                id={`log-${seq}`}
                role="option"
                aria-selected={seq === chosen}
                aria-setsize={logs.length}
                aria-posinset={list.start + index + 1}
                className={own["logRow"]}
                title={row?.text === undefined ? undefined : withoutColours(row.text)}
                onClick={() => onChoose(seq)}
              >
                <span className={own["time"]}>{row && `+${formatDelta(row.at - beganAt)}`}</span>
                <span className={own["level"]}>{isLate ? "dropped" : status?.label}</span>
                <span className={own["text"]}>
                  {row ? <LogText text={row.text ?? ""} tone={status?.tone} isSystem={row.isSystem} /> : "…"}
                </span>
              </div>
            );
          })}
        </div>
      </div>
    </div>
    // biome-ignore-end lint/a11y: end of the list
  );
}
