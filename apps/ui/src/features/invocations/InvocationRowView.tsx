import type { Seq } from "@inspector/contract/page";
import { type CSSProperties, type HTMLAttributes, memo } from "react";
import { StatusMark } from "../../shell/controls/StatusMark.tsx";
import type { ExchangeRow } from "../../shell/data/session-store.ts";
import { formatBytes, formatSize } from "../../shell/format/size.ts";
import { formatCount, formatMoment, formatOffset, formatSpan } from "../../shell/format/time.ts";
import { nameOfExchange, sizeOfExchange, statusOfExchange, tagsOf } from "./exchange-words.ts";
import styles from "./InvocationGrid.module.css";

type InvocationRowProps = {
  readonly id: Seq;
  /** The line's number in the grid, from 1, its heading included. */
  readonly position: number;
  /** Absent while it is fetched. */
  readonly row: ExchangeRow | undefined;
  /** It was given up. */
  readonly isGone: boolean;
  /** Where its bar is, as parts of the width. */
  readonly left?: number;
  readonly width?: number;
  /** Nanoseconds since the session began, while it is in flight. */
  readonly now: number;
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
  const { id, position, row, isGone, isSelected, onSelect } = props;
  return (
    // biome-ignore-start lint/a11y: rows of a grid with aria-activedescendant have no focus of their own, the grid has the keys
    <div
      id={exchangeElementId(id)}
      role="row"
      aria-rowindex={position}
      aria-selected={isSelected}
      className={styles["row"]}
      data-step={row?.type === "step"}
      onClick={() => onSelect(id)}
    >
      {row && <Cells {...props} row={row} />}
      {!row && isGone && <Cell name="gone">row {id} was given up to keep the session under its size limit</Cell>}
      {!row && !isGone && (
        <Cell name="pending" aria-busy>
          <span className={styles["silent"]}>row {id}, loading</span>
        </Cell>
      )}
    </div>
    // biome-ignore-end lint/a11y: end of the row
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
      <Cell name="time" title={from === undefined ? undefined : formatMoment(startedAt, from)}>
        {from !== undefined && formatOffset(from)}
      </Cell>
      <Cell name="name" title={row.type === "invocation" ? `${name} ${row.text ?? ""}` : name}>
        <b>{name}</b>
        {row.type === "invocation" &&
          tagsOf(row).map(({ text, title, tone }) => (
            <i key={text} className={styles["tag"]} data-tone={tone} title={title}>
              {text}
            </i>
          ))}
        {isHeld && (
          <i className={styles["tag"]} data-tone="warn" title="The inspector holds it until it is released">
            held
          </i>
        )}
        {row.type === "invocation" && row.text !== undefined && <span>{row.text}</span>}
      </Cell>
      <Cell name="trigger">{row.type === "step" ? <span aria-hidden>—</span> : (row.trigger ?? "")}</Cell>
      <Cell name="status" title={row.type === "invocation" ? (row.result ?? status.label) : status.label}>
        <StatusMark {...status} />
      </Cell>
      <Cell name="duration">{row.duration !== undefined && row.duration > 0 && formatSpan(row.duration)}</Cell>
      <Cell name="size" title={formatBytes(size)}>
        {size > 0 && formatSize(size)}
      </Cell>
      <Cell
        name="logs"
        title={logsTitle(row)}
        data-tone={row.type === "invocation" && row.errorLogs > 0 ? "bad" : undefined}
      >
        {row.type === "invocation" && row.logs > 0 && formatCount(row.logs)}
      </Cell>
      <Cell name="waterfall">
        <Bar {...props} tone={row.type === "step" && status.tone === "good" ? "mute" : status.tone} />
      </Cell>
    </>
  );
}

function Bar({ left, width, tone }: Pick<InvocationRowProps, "left" | "width"> & { readonly tone: string }) {
  if (left === undefined || width === undefined) {
    return null;
  }
  const place: CSSProperties = { left: `${left * 100}%`, width: `${width * 100}%` };
  return <span aria-hidden className={styles["bar"]} data-tone={tone} style={place} />;
}

function logsTitle(row: ExchangeRow): string | undefined {
  if (row.type === "step" || row.logs === 0) {
    return undefined;
  }
  return row.errorLogs > 0 ? `${row.logs} logs, ${row.errorLogs} of them errors` : `${row.logs} logs`;
}

function Cell({ name, ...rest }: HTMLAttributes<HTMLSpanElement> & { readonly name: string }) {
  // biome-ignore lint/a11y: see InvocationRowView
  return <span role="gridcell" className={styles[name]} {...rest} />;
}
