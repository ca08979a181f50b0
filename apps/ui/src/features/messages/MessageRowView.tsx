import type { MessageRow, StreamInfo } from "@inspector/contract/page";
import { memo } from "react";
import { Silent } from "../../shell/controls/Silent.tsx";
import { StatusMark } from "../../shell/controls/StatusMark.tsx";
import { withoutColours } from "../../shell/format/ansi.ts";
import { describeIntervention, directionOf, formatKind, statusOf, subjectOf } from "../../shell/format/message.ts";
import { formatBytes, formatSize } from "../../shell/format/size.ts";
import { formatDelta, formatMoment, formatOffset } from "../../shell/format/time.ts";
import { GridCell, GridRow, MissingCells } from "../../shell/grid/Grid.tsx";
import styles from "./MessageGrid.module.css";

type MessageRowProps = {
  readonly seq: number;
  /** Position in the view, from 0. */
  readonly index: number;
  /** Absent while it is fetched, and once the hub deleted it. */
  readonly row: MessageRow | undefined;
  /** The hub deleted it: the session reached its size limit. */
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
    <GridRow id={rowElementId(seq)} line={index} isSelected={isSelected} onClick={() => onSelect(seq)}>
      {row ? <Cells {...props} row={row} /> : <MissingCells name={`message ${seq}`} isGone={isGone} />}
    </GridRow>
  );
});

const DAMAGED = "A strict parser refuses its bytes; the payload says what and where";

function Cells({ row, previousAt, stream, startedAt }: MessageRowProps & { readonly row: MessageRow }) {
  const { from, to } = directionOf(row.from);
  const subject = subjectOf(row, stream);
  const status = statusOf(row);
  return (
    <>
      <GridCell className={styles["time"]} isNumber title={formatMoment(startedAt, row.at)}>
        {formatOffset(row.at)}
      </GridCell>
      <GridCell className={styles["direction"]} data-from={from}>
        <span className={styles["sender"]}>{from} </span>
        <span aria-hidden>→</span>
        <Silent>to</Silent> {to}
      </GridCell>
      <GridCell className={styles["kind"]} title={formatKind(row.kind)}>
        {formatKind(row.kind)}
      </GridCell>
      <GridCell className={styles["subject"]} title={subject.name} data-function={subject.isFunction}>
        {subject.name}
      </GridCell>
      <GridCell
        className={styles["text"]}
        title={row.text === undefined ? undefined : withoutColours(row.text)}
        data-tone={status?.tone}
      >
        {row.intervention && (
          <i className={styles["tag"]} title={describeIntervention(row.intervention)}>
            {row.intervention}
          </i>
        )}
        {row.isDamaged && row.kind !== "undecodable" && (
          <i className={styles["tag"]} data-tone="bad" title={DAMAGED}>
            damaged
          </i>
        )}
        {row.text === undefined ? undefined : withoutColours(row.text)}
      </GridCell>
      <GridCell className={styles["status"]}>{status && <StatusMark {...status} />}</GridCell>
      <GridCell className={styles["size"]} isNumber title={sizeTitle(row)} data-dropped={row.isBodyDropped}>
        {formatSize(row.size)}
      </GridCell>
      <GridCell className={styles["delta"]} isNumber>
        {previousAt !== undefined && formatDelta(row.at - previousAt)}
      </GridCell>
    </>
  );
}

function sizeTitle(row: MessageRow): string {
  const notes = [row.isCompressed && "compressed", row.isBodyDropped && "body no longer kept"].filter(Boolean);
  return [formatBytes(row.size), ...notes].join(", ");
}
