import type { Nanos, Seq } from "@inspector/contract/page";
import { memo } from "react";
import { StatusMark } from "../../shell/controls/StatusMark.tsx";
import type { ExchangeRow } from "../../shell/data/session-store.ts";
import {
  isRequestHeld,
  nameOfExchange,
  sizeOfExchange,
  statusOfExchange,
  tagsOf,
} from "../../shell/format/exchange.ts";
import { formatBytes, formatSize } from "../../shell/format/size.ts";
import { formatCount, formatMoment, formatOffset, formatSpan } from "../../shell/format/time.ts";
import { GridCell, GridRow, MissingCells } from "../../shell/grid/Grid.tsx";
import styles from "./InvocationGrid.module.css";
import { partsOf } from "./waterfall-scale.ts";

type InvocationRowProps = {
  readonly id: Seq;
  /** Index of its line in the grid, captions included, from 0. */
  readonly line: number;
  /** Absent while it is fetched, and once the hub deleted it. */
  readonly row: ExchangeRow | undefined;
  /** The hub deleted it: the session reached its size limit. */
  readonly isGone: boolean;
  /** Its bar, see BarText; "" where it has none. */
  readonly bar: string;
  /** What the bar says. */
  readonly barTitle: string | undefined;
  /** The present, while it is in flight and where there is one. */
  readonly now: Nanos | undefined;
  readonly startedAt: number;
  readonly isSelected: boolean;
  /** The inspector keeps one of its messages from going on. */
  readonly isHeld: boolean;
  readonly onSelect: (id: Seq) => void;
};

export function exchangeElementId(id: Seq): string {
  return `exchange-${id}`;
}

/** A line of the list, memoised: of forty in sight, those that changed are drawn again. */
export const InvocationRowView = memo(function InvocationRowView(props: InvocationRowProps) {
  const { id, line, row, isGone, isSelected, onSelect } = props;
  return (
    <GridRow
      id={exchangeElementId(id)}
      line={line}
      isSelected={isSelected}
      data-step={row?.type === "step"}
      onClick={() => onSelect(id)}
    >
      {row ? <Cells {...props} row={row} /> : <MissingCells name={`row ${id}`} isGone={isGone} />}
    </GridRow>
  );
});

function Cells(props: InvocationRowProps & { readonly row: ExchangeRow }) {
  const { row, startedAt, now, isHeld } = props;
  const from = row.startedAt ?? row.answeredAt;
  const status = statusOfExchange(row, now);
  const size = sizeOfExchange(row);
  const name = nameOfExchange(row);
  return (
    <>
      <GridCell
        className={styles["time"]}
        isNumber
        title={from === undefined ? undefined : formatMoment(startedAt, from)}
      >
        {from !== undefined && formatOffset(from)}
      </GridCell>
      <GridCell className={styles["name"]} title={row.type === "invocation" ? `${name} ${row.text ?? ""}` : name}>
        <b>{name}</b>
        {row.type === "invocation" &&
          tagsOf(row).map(({ text, title, tone }) => (
            <i key={text} className={styles["tag"]} data-tone={tone} title={title}>
              {text}
            </i>
          ))}
        {isHeld && !isRequestHeld(row) && (
          <i className={styles["tag"]} data-tone="warn" title="The inspector holds it until it is released">
            held
          </i>
        )}
        {row.type === "invocation" && row.text !== undefined && <span>{row.text}</span>}
      </GridCell>
      <GridCell className={styles["trigger"]}>
        {row.type === "step" ? <span aria-hidden>—</span> : (row.trigger ?? "")}
      </GridCell>
      <GridCell
        className={styles["status"]}
        title={row.type === "invocation" ? (row.result ?? status.label) : status.label}
      >
        <StatusMark {...status} />
      </GridCell>
      <GridCell className={styles["duration"]} isNumber title={durationTitle(row)}>
        {row.duration !== undefined && row.duration > 0 && formatSpan(row.duration)}
      </GridCell>
      <GridCell className={styles["size"]} isNumber title={formatBytes(size)}>
        {size > 0 && formatSize(size)}
      </GridCell>
      <GridCell
        className={styles["logs"]}
        isNumber
        title={logsTitle(row)}
        data-tone={row.type === "invocation" && row.errorLogs > 0 ? "bad" : undefined}
      >
        {row.type === "invocation" && row.logs > 0 && formatCount(row.logs)}
      </GridCell>
      <GridCell className={styles["waterfall"]} title={props.barTitle}>
        <Bar text={props.bar} tone={row.type === "step" && status.tone === "good" ? "mute" : status.tone} />
      </GridCell>
    </>
  );
}

function Bar({ text, tone }: { readonly text: string; readonly tone: string }) {
  return partsOf(text).map(({ whose, left, width }, index) => (
    <span
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts have an order and nothing else
      key={index}
      aria-hidden
      className={styles["bar"]}
      data-tone={tone}
      data-whose={whose}
      style={{ left, width }}
    />
  ));
}

function durationTitle(row: ExchangeRow): string | undefined {
  return row.type === "invocation" && row.held?.request !== undefined
    ? "In the worker: the time for which its request was held is left out"
    : undefined;
}

function logsTitle(row: ExchangeRow): string | undefined {
  if (row.type === "step" || row.logs === 0) {
    return undefined;
  }
  return row.errorLogs > 0 ? `${row.logs} logs, ${row.errorLogs} of them errors` : `${row.logs} logs`;
}
