import type { InvocationDetail, MessageRow, Seq } from "@inspector/contract/page";
import { type KeyboardEvent, useState } from "react";
import { Segments } from "../../shell/controls/Segments.tsx";
import { directionOf, formatKind } from "../../shell/format/message.ts";
import { formatSize } from "../../shell/format/size.ts";
import { formatDelta } from "../../shell/format/time.ts";
import { useShell } from "../../shell/page/shell-context.ts";
import styles from "../detail/detail.module.css";
import { RawPanel } from "../detail/MessageBody.tsx";
import { LoadedMessage } from "./LoadedMessage.tsx";
import own from "./pane.module.css";
import { useMessageRows } from "./useMessageRows.ts";

/** The messages of an invocation in order, and the chosen one below. */
export function MessagesTab({ detail }: { readonly detail: InvocationDetail }) {
  const { address, go } = useShell();
  const { rows } = useMessageRows(detail.messages);
  const chosen = rows.find(({ seq }) => seq === address.message) ?? rows[0];
  const choose = (message: Seq) => go({ message });
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const next = chosen && rows[rows.indexOf(chosen) + by];
    if (by === 0 || !next) {
      return;
    }
    event.preventDefault();
    choose(next.seq);
  };
  return (
    <>
      {/* biome-ignore-start lint/a11y: options are marked by aria-activedescendant */}
      <div
        role="listbox"
        aria-label="Messages of the invocation"
        tabIndex={0}
        aria-activedescendant={chosen && `related-${chosen.seq}`}
        className={own["messages"]}
        onKeyDown={onKeyDown}
      >
        {rows.map((row) => (
          <MessageLine
            key={row.seq}
            row={row}
            startedAt={rows[0]?.at ?? 0}
            isChosen={row === chosen}
            onChoose={choose}
          />
        ))}
      </div>
      {/* biome-ignore-end lint/a11y: end of the list */}
      {chosen && (
        <div className={own["rest"]}>
          <div className={own["bar"]}>
            <span>#{chosen.seq}</span>
            <button
              type="button"
              className={styles["link"]}
              onClick={() => go({ view: "messages", message: chosen.seq, filter: "" })}
            >
              Show among all messages
            </button>
          </div>
          <LoadedMessage key={chosen.seq} seq={chosen.seq} />
        </div>
      )}
    </>
  );
}

type MessageLineProps = {
  readonly row: MessageRow;
  readonly startedAt: number;
  readonly isChosen: boolean;
  readonly onChoose: (seq: Seq) => void;
};

function MessageLine({ row, startedAt, isChosen, onChoose }: MessageLineProps) {
  const { from, to } = directionOf(row.from);
  return (
    // biome-ignore-start lint/a11y: see the list
    <div
      id={`related-${row.seq}`}
      role="option"
      aria-selected={isChosen}
      className={own["messageRow"]}
      onClick={() => onChoose(row.seq)}
    >
      <span className={own["time"]}>+{formatDelta(row.at - startedAt)}</span>
      <span className={own["arrow"]} data-from={from} title={`${from} → ${to}`} aria-hidden>
        {from === "host" ? "→" : "←"}
      </span>
      <span className={own["text"]}>
        {formatKind(row.kind)}
        {row.text !== undefined && row.kind === "rpc_log" && ` · ${row.text}`}
      </span>
      <span className={own["size"]}>{formatSize(row.size)}</span>
    </div>
    // biome-ignore-end lint/a11y: end of the line
  );
}

const RAW_OPTIONS = ["request", "response"] as const;

/** The bytes of the request or the response. */
export function RawTab({ detail }: { readonly detail: InvocationDetail }) {
  const [side, setSide] = useState<(typeof RAW_OPTIONS)[number]>("request");
  const options = RAW_OPTIONS.filter((option) => detail[option] !== undefined);
  const seq = detail[side] ?? detail[options[0] ?? "request"];
  const { rows } = useMessageRows(seq === undefined ? [] : [seq]);
  const [row] = rows;
  if (seq === undefined) {
    return <p className={styles["empty"]}>There are no bytes to show.</p>;
  }
  return (
    <>
      {options.length > 1 && (
        <div className={own["bar"]}>
          <Segments label="Message" options={options} value={side} onChange={setSide} />
        </div>
      )}
      {row && <RawPanel key={seq} row={row} />}
    </>
  );
}
