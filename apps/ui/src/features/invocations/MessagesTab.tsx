import type { InvocationDetail, MessageRow, Seq } from "@inspector/contract/page";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { Segments } from "../../shell/controls/Segments.tsx";
import { directionOf, formatKind } from "../../shell/format/message.ts";
import { formatSize } from "../../shell/format/size.ts";
import { formatDelta } from "../../shell/format/time.ts";
import { useRowWindow } from "../../shell/grid/useRowWindow.ts";
import { useShell } from "../../shell/page/shell-context.ts";
import styles from "../detail/detail.module.css";
import { RawPanel } from "../detail/MessageBody.tsx";
import { LoadedMessage } from "./LoadedMessage.tsx";
import own from "./pane.module.css";
import { useRowsInSight } from "./useRowsInSight.ts";

const LINE_HEIGHT = 24;
/** Above and below the lines, in pixels. */
const LIST_PADDING = 9;

/** The messages of an invocation in order, and the chosen one below. */
export function MessagesTab({ detail }: { readonly detail: InvocationDetail }) {
  const { address, go } = useShell();
  const { messages } = detail;
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRowWindow({ scroller, count: messages.length, rowHeight: LINE_HEIGHT, headHeight: 0 });
  const asked = address.message === undefined ? -1 : messages.indexOf(address.message);
  const chosen = messages[Math.max(asked, 0)];
  const [first] = messages;
  const inSight = messages.slice(list.start, list.end);
  const rowOf = useRowsInSight(first === undefined ? inSight : [...inSight, first]);
  const startedAt = (first === undefined ? undefined : rowOf(first)?.at) ?? 0;
  const choose = (message: Seq) => go({ message });
  const { scrollTo } = list;
  useEffect(() => {
    if (asked >= 0) {
      scrollTo(asked, "nearest");
    }
  }, [asked, scrollTo]);
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const next = messages[Math.max(asked, 0) + by];
    if (by === 0 || next === undefined) {
      return;
    }
    event.preventDefault();
    choose(next);
  };
  return (
    <>
      {/* biome-ignore-start lint/a11y: options are marked by aria-activedescendant; only those in sight are in the document */}
      <div
        ref={scroller}
        role="listbox"
        aria-label="Messages of the invocation"
        tabIndex={0}
        aria-activedescendant={chosen === undefined ? undefined : `related-${chosen}`}
        className={own["messages"]}
        style={{ height: messages.length * LINE_HEIGHT + LIST_PADDING }}
        onKeyDown={onKeyDown}
      >
        <div role="presentation" className={own["content"]} style={{ height: list.height }}>
          <div role="presentation" className={own["block"]} style={{ top: list.blockTop }}>
            {inSight.map((seq, index) => (
              <MessageLine
                key={seq}
                seq={seq}
                row={rowOf(seq)}
                place={list.start + index + 1}
                count={messages.length}
                startedAt={startedAt}
                isChosen={seq === chosen}
                onChoose={choose}
              />
            ))}
          </div>
        </div>
      </div>
      {/* biome-ignore-end lint/a11y: end of the list */}
      {chosen !== undefined && (
        <div className={own["rest"]}>
          <div className={own["bar"]}>
            <span>#{chosen}</span>
            <button
              type="button"
              className={styles["link"]}
              onClick={() => go({ view: "messages", message: chosen, filter: "" })}
            >
              Show among all messages
            </button>
          </div>
          <LoadedMessage key={chosen} seq={chosen} />
        </div>
      )}
    </>
  );
}

type MessageLineProps = {
  readonly seq: Seq;
  /** Absent while it is fetched. */
  readonly row: MessageRow | undefined;
  /** From 1, of `count`. */
  readonly place: number;
  readonly count: number;
  readonly startedAt: number;
  readonly isChosen: boolean;
  readonly onChoose: (seq: Seq) => void;
};

function MessageLine({ seq, row, place, count, startedAt, isChosen, onChoose }: MessageLineProps) {
  return (
    // biome-ignore-start lint/a11y: see the list
    <div
      id={`related-${seq}`}
      role="option"
      aria-selected={isChosen}
      aria-setsize={count}
      aria-posinset={place}
      className={own["messageRow"]}
      onClick={() => onChoose(seq)}
    >
      {row ? <LineCells row={row} startedAt={startedAt} /> : <span className={own["text"]}>…</span>}
    </div>
    // biome-ignore-end lint/a11y: end of the line
  );
}

function LineCells({ row, startedAt }: { readonly row: MessageRow; readonly startedAt: number }) {
  const { from, to } = directionOf(row.from);
  return (
    <>
      <span className={own["time"]}>+{formatDelta(row.at - startedAt)}</span>
      <span className={own["arrow"]} data-from={from} title={`${from} → ${to}`} aria-hidden>
        {from === "host" ? "→" : "←"}
      </span>
      <span className={own["text"]}>
        {formatKind(row.kind)}
        {row.text !== undefined && row.kind === "rpc_log" && ` · ${row.text}`}
      </span>
      <span className={own["size"]}>{formatSize(row.size)}</span>
    </>
  );
}

const RAW_OPTIONS = ["request", "response"] as const;

/** The bytes of the request or the response. */
export function RawTab({ detail }: { readonly detail: InvocationDetail }) {
  const [side, setSide] = useState<(typeof RAW_OPTIONS)[number]>("request");
  const options = RAW_OPTIONS.filter((option) => detail[option] !== undefined);
  const seq = detail[side] ?? detail[options[0] ?? "request"];
  const rowOf = useRowsInSight(seq === undefined ? [] : [seq]);
  const row = seq === undefined ? undefined : rowOf(seq);
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
