import type { MessageRow } from "@inspector/contract/page";
import { memo, type ReactNode } from "react";
import { Silent } from "../../shell/controls/Silent.tsx";
import { StatusMark } from "../../shell/controls/StatusMark.tsx";
import type { StreamLife } from "../../shell/data/growth.ts";
import { withoutColours } from "../../shell/format/ansi.ts";
import { describeIntervention, directionOf, formatKind, statusOf, subjectOf } from "../../shell/format/message.ts";
import { formatBytes, formatSize } from "../../shell/format/size.ts";
import { formatDelta, formatMoment, formatOffset } from "../../shell/format/time.ts";
import { GridCell, GridRow, MissingCells } from "../../shell/grid/Grid.tsx";
import styles from "./MessageGrid.module.css";
import type { MessageColumnId } from "./message-columns.ts";

type MessageRowProps = {
  readonly seq: number;
  /** Those that are shown; the same array as long as they are the same ones. */
  readonly columns: readonly MessageColumnId[];
  /** Position in the view, from 0. */
  readonly index: number;
  /** Absent while it is fetched, and once the hub deleted it. */
  readonly row: MessageRow | undefined;
  /** The hub deleted it: the session reached its size limit. */
  readonly isGone: boolean;
  /** Time of the row above; absent for the first, and while it is not known. */
  readonly previousAt: number | undefined;
  readonly stream: StreamLife | undefined;
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

type CellProps = MessageRowProps & { readonly row: MessageRow };

function Cells(props: CellProps) {
  return props.columns.map((id) => {
    const Cell = CELLS[id];
    return <Cell key={id} {...props} />;
  });
}

const CELLS: Readonly<Record<MessageColumnId, (props: CellProps) => ReactNode>> = {
  time: ({ row, startedAt }) => (
    <GridCell className={styles["time"]} isNumber title={formatMoment(startedAt, row.at)}>
      {formatOffset(row.at)}
    </GridCell>
  ),
  direction: ({ row }) => <Direction {...directionOf(row.from)} />,
  kind: ({ row }) => (
    <GridCell className={styles["kind"]} title={formatKind(row.kind)}>
      {formatKind(row.kind)}
    </GridCell>
  ),
  subject: ({ row, stream }) => {
    const { name, isFunction } = subjectOf(row, stream);
    return (
      <GridCell className={styles["subject"]} title={name} data-function={isFunction}>
        {name}
      </GridCell>
    );
  },
  text: Content,
  status: ({ row }) => {
    const status = statusOf(row);
    return <GridCell className={styles["status"]}>{status && <StatusMark {...status} />}</GridCell>;
  },
  size: ({ row }) => (
    <GridCell className={styles["size"]} isNumber title={sizeTitle(row)} data-dropped={row.isBodyDropped}>
      {formatSize(row.size)}
    </GridCell>
  ),
  delta: ({ row, previousAt }) => (
    <GridCell className={styles["delta"]} isNumber>
      {previousAt !== undefined && formatDelta(row.at - previousAt)}
    </GridCell>
  ),
};

function Direction({ from, to }: ReturnType<typeof directionOf>) {
  return (
    <GridCell className={styles["direction"]} data-from={from}>
      <span className={styles["sender"]}>{from} </span>
      <span aria-hidden>→</span>
      <Silent>to</Silent> {to}
    </GridCell>
  );
}

function Content({ row }: CellProps) {
  const text = row.text === undefined ? undefined : withoutColours(row.text);
  return (
    <GridCell className={styles["text"]} title={text} data-tone={statusOf(row)?.tone}>
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
      {text}
    </GridCell>
  );
}

function sizeTitle(row: MessageRow): string {
  const notes = [row.isCompressed && "compressed", row.isBodyDropped && "body no longer kept"].filter(Boolean);
  return [formatBytes(row.size), ...notes].join(", ");
}
