import type { Nanos, Seq } from "@inspector/contract/page";
import { memo, type ReactNode } from "react";
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
import type { InvocationColumnId } from "./invocation-columns.ts";
import { partsOf } from "./waterfall-scale.ts";

type InvocationRowProps = {
  readonly id: Seq;
  /** Those that are shown; the same array as long as they are the same ones. */
  readonly columns: readonly InvocationColumnId[];
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
  /** Others are compared with it. */
  readonly isBeside: boolean;
  /** The inspector keeps one of its messages from going on. */
  readonly isHeld: boolean;
  readonly onSelect: (id: Seq) => void;
  /** Compares what is selected with it. */
  readonly onCompare: (id: Seq) => void;
};

export function exchangeElementId(id: Seq): string {
  return `exchange-${id}`;
}

/**
 * A line of the list, memoised: of forty in sight, those that changed are drawn again, and of those whose bar alone moved
 * on the scale only the bar.
 */
export const InvocationRowView = memo(function InvocationRowView(props: InvocationRowProps) {
  const { id, line, isSelected, onSelect, onCompare, isGone, bar, barTitle, ...rest } = props;
  const { row, columns, now } = rest;
  return (
    <GridRow
      id={exchangeElementId(id)}
      line={line}
      isSelected={isSelected}
      data-step={row?.type === "step"}
      onClick={({ ctrlKey, metaKey }) => (ctrlKey || metaKey ? onCompare(id) : onSelect(id))}
    >
      {row ? (
        <>
          <Cells {...rest} row={row} />
          {columns.includes("waterfall") && <Waterfall row={row} now={now} bar={bar} title={barTitle} />}
        </>
      ) : (
        <MissingCells name={`row ${id}`} isGone={isGone} />
      )}
    </GridRow>
  );
});

type CellProps = Pick<InvocationRowProps, "columns" | "now" | "startedAt" | "isBeside" | "isHeld"> & {
  readonly row: ExchangeRow;
};

/** All cells but the last one, which has the bar. */
const Cells = memo(function Cells(props: CellProps) {
  return props.columns.map((id) => {
    if (id === "waterfall") {
      return null;
    }
    const Cell = CELLS[id];
    return <Cell key={id} {...props} />;
  });
});

const CELLS: Readonly<Record<Exclude<InvocationColumnId, "waterfall">, (props: CellProps) => ReactNode>> = {
  time: ({ row, startedAt }) => {
    const from = row.startedAt ?? row.answeredAt;
    const moment = from === undefined ? undefined : formatMoment(startedAt, from);
    return (
      <GridCell className={styles["time"]} isNumber title={moment}>
        {from !== undefined && formatOffset(from)}
      </GridCell>
    );
  },
  name: Name,
  trigger: ({ row }) => (
    <GridCell className={styles["trigger"]}>
      {row.type === "step" ? <span aria-hidden>—</span> : (row.trigger ?? "")}
    </GridCell>
  ),
  status: ({ row, now }) => {
    const status = statusOfExchange(row, now);
    const title = row.type === "invocation" ? (row.result ?? status.label) : status.label;
    return (
      <GridCell className={styles["status"]} title={title}>
        <StatusMark {...status} />
      </GridCell>
    );
  },
  duration: ({ row }) => (
    <GridCell className={styles["duration"]} isNumber title={durationTitle(row)}>
      {row.duration !== undefined && row.duration > 0 && formatSpan(row.duration)}
    </GridCell>
  ),
  size: ({ row }) => {
    const size = sizeOfExchange(row);
    return (
      <GridCell className={styles["size"]} isNumber title={formatBytes(size)}>
        {size > 0 && formatSize(size)}
      </GridCell>
    );
  },
  logs: ({ row }) => (
    <GridCell
      className={styles["logs"]}
      isNumber
      title={logsTitle(row)}
      data-tone={row.type === "invocation" && row.errorLogs > 0 ? "bad" : undefined}
    >
      {row.type === "invocation" && row.logs > 0 && formatCount(row.logs)}
    </GridCell>
  ),
};

type WaterfallProps = Pick<CellProps, "row" | "now"> & { readonly bar: string; readonly title: string | undefined };

function Waterfall({ row, now, bar, title }: WaterfallProps) {
  const { tone } = statusOfExchange(row, now);
  return (
    <GridCell className={styles["waterfall"]} title={title}>
      <Bar text={bar} tone={row.type === "step" && tone === "good" ? "mute" : tone} />
    </GridCell>
  );
}

function Name({ row, isBeside, isHeld }: CellProps) {
  const name = nameOfExchange(row);
  return (
    <GridCell className={styles["name"]} title={row.type === "invocation" ? `${name} ${row.text ?? ""}` : name}>
      <b>{name}</b>
      {row.type === "invocation" &&
        tagsOf(row).map(({ text, title, tone }) => (
          <i key={text} className={styles["tag"]} data-tone={tone} title={title}>
            {text}
          </i>
        ))}
      {isBeside && (
        <i className={styles["tag"]} data-tone="own" title="The selected call is compared with it">
          compared
        </i>
      )}
      {isHeld && !isRequestHeld(row) && (
        <i className={styles["tag"]} data-tone="warn" title="The inspector holds it until it is released">
          held
        </i>
      )}
      {row.type === "invocation" && row.text !== undefined && <span>{row.text}</span>}
    </GridCell>
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
