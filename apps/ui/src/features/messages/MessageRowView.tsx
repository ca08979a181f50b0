import type { MessageRow, StreamInfo } from "@inspector/contract/page";
import { type HTMLAttributes, memo } from "react";
import { StatusMark } from "../../shell/controls/StatusMark.tsx";
import { describeIntervention, directionOf, formatKind, statusOf, subjectOf } from "../../shell/format/message.ts";
import { formatBytes, formatSize } from "../../shell/format/size.ts";
import { formatDelta, formatMoment, formatOffset } from "../../shell/format/time.ts";
import styles from "./MessageGrid.module.css";

type MessageRowProps = {
  readonly seq: number;
  /** Position in the view, from 0. */
  readonly index: number;
  /** Absent while it is fetched, and once it was given up. */
  readonly row: MessageRow | undefined;
  readonly isGone: boolean;
  /** Time of the row above; absent for the first, and while it is not known. */
  readonly previousAt: number | undefined;
  readonly stream: StreamInfo | undefined;
  readonly startedAt: number;
  readonly isSelected: boolean;
  readonly onSelect: (seq: number) => void;
};

export function rowElementId(seq: number): string {
  return `message-${seq}`;
}

/** A line of the list. It is memoised: of fifty rows in sight, a new message renders one. */
export const MessageRowView = memo(function MessageRowView(props: MessageRowProps) {
  const { seq, index, row, isGone, isSelected, onSelect } = props;
  return (
    // biome-ignore-start lint/a11y: rows and cells of a grid with aria-activedescendant have no focus of their own,
    // the grid handles their keys, and table elements could not leave out the rows that are not in sight.
    <div
      id={rowElementId(seq)}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      className={styles["row"]}
      onClick={() => onSelect(seq)}
    >
      {row ? <Cells {...props} row={row} /> : <NoCells seq={seq} isGone={isGone} />}
    </div>
    // biome-ignore-end lint/a11y: end of the row
  );
});

function Cells({ row, previousAt, stream, startedAt }: MessageRowProps & { readonly row: MessageRow }) {
  const { from, to } = directionOf(row.from);
  const subject = subjectOf(row, stream);
  const status = statusOf(row);
  return (
    <>
      <Cell name="time" title={formatMoment(startedAt, row.at)}>
        {formatOffset(row.at)}
      </Cell>
      <Cell name="direction" data-from={from}>
        <span className={styles["sender"]}>{from} </span>
        <span aria-hidden>→</span>
        <span className={styles["silent"]}>to</span> {to}
      </Cell>
      <Cell name="kind" title={formatKind(row.kind)}>
        {formatKind(row.kind)}
      </Cell>
      <Cell name="subject" title={subject.name} data-function={subject.isFunction}>
        {subject.name}
      </Cell>
      <Cell name="text" title={row.text} data-tone={status?.tone}>
        {row.intervention && (
          <i className={styles["tag"]} title={describeIntervention(row.intervention)}>
            {row.intervention}
          </i>
        )}
        {row.text}
      </Cell>
      <Cell name="status">{status && <StatusMark {...status} />}</Cell>
      <Cell name="size" title={sizeTitle(row)} data-dropped={row.isBodyDropped}>
        {formatSize(row.size)}
      </Cell>
      <Cell name="delta">{previousAt !== undefined && formatDelta(row.at - previousAt)}</Cell>
    </>
  );
}

function NoCells({ seq, isGone }: { readonly seq: number; readonly isGone: boolean }) {
  if (isGone) {
    return <Cell name="gone">message {seq} was given up to keep the session under its size limit</Cell>;
  }
  return (
    <Cell name="pending" aria-busy>
      <span className={styles["silent"]}>message {seq}, loading</span>
    </Cell>
  );
}

function Cell({ name, ...rest }: HTMLAttributes<HTMLSpanElement> & { readonly name: string }) {
  // biome-ignore lint/a11y: see MessageRowView
  return <span role="gridcell" className={styles[name]} {...rest} />;
}

function sizeTitle(row: MessageRow): string {
  const notes = [row.isCompressed && "compressed", row.isBodyDropped && "body no longer kept"].filter(Boolean);
  return [formatBytes(row.size), ...notes].join(", ");
}
