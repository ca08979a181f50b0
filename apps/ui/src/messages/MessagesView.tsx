import type { Seq } from "@inspector/session";
import { useRef, useState } from "react";
import { Group, Panel, Separator } from "react-resizable-panels";
import { useShell } from "../app/shell-context.ts";
import { useMedia } from "../app/useMedia.ts";
import { useColumnLength, useMessageDetail, useSessionState, useSessionStore } from "../data/session-context.ts";
import { DetailPane } from "../detail/DetailPane.tsx";
import { relationOf } from "../detail/related.ts";
import { formatCount } from "../format/time.ts";
import { useShortcuts } from "../keyboard/useShortcuts.ts";
import { NothingMatches, WaitingState } from "./EmptyState.tsx";
import gridStyles from "./MessageGrid.module.css";
import { MessageGrid } from "./MessageGrid.tsx";
import styles from "./MessagesView.module.css";
import { useMessageList } from "./useMessageList.ts";

/** The list of messages and the selected one beside it, or below it where the window is narrow. */
export function MessagesView() {
  const { address, go, isFollowing, setFollow: onFollow, areLettersOn, listRef: gridRef } = useShell();
  const selected = address.message;
  const onSelect = (seq: Seq | undefined) => go({ message: seq });
  const store = useSessionStore();
  const { session, view, isViewReady } = useSessionState();
  const length = useColumnLength(view.column);
  const isNarrow = useMedia("(max-width: 1100px)");
  const [isDetailOpen, setDetailOpen] = useState(selected !== undefined);
  const messages = useMessageList({ gridRef, column: view.column, length, selected, isFollowing, onSelect, onFollow });
  const unseen = useUnseen(isFollowing, length, messages.list.visible.end);

  const open = (seq: Seq) => {
    onFollow(false);
    onSelect(seq);
    setDetailOpen(true);
    messages.show(seq);
  };
  const jump = (seq: Seq) => {
    open(seq);
  };
  const close = () => {
    setDetailOpen(false);
    gridRef.current?.focus();
  };
  useShortcuts(
    {
      "next-row": () => messages.step(1),
      "previous-row": () => messages.step(-1),
      "page-down": () => messages.stepPage(1),
      "page-up": () => messages.stepPage(-1),
      "first-row": messages.toFirst,
      "last-row": messages.toLast,
      "toggle-follow": () => onFollow(!isFollowing),
      "open-detail": () => (selected === undefined ? messages.step(1) : setDetailOpen(true)),
      "close-detail": () => (isDetailOpen ? close() : onSelect(undefined)),
    },
    areLettersOn,
  );

  return (
    <div className={styles["view"]}>
      <Group key={String(isNarrow)} orientation={isNarrow ? "vertical" : "horizontal"} className={styles["split"]}>
        <Panel id="list" minSize="30%">
          <div className={gridStyles["frame"]}>
            <MessageGrid
              gridRef={gridRef}
              column={view.column}
              length={length}
              list={messages.list}
              selected={selected}
              onSelect={open}
            />
            {length === 0 && isViewReady && session && view.filter === "" && <WaitingState session={session} />}
            {length === 0 && isViewReady && view.filter !== "" && (
              <NothingMatches hidden={store.total} onClear={() => go({ filter: "" })} />
            )}
            {unseen > 0 && session?.source === "live" && (
              <button type="button" className={gridStyles["newest"]} onClick={() => onFollow(true)}>
                ↓ {formatCount(unseen)} new
              </button>
            )}
          </div>
        </Panel>
        {isDetailOpen && selected !== undefined && (
          <>
            <Separator className={styles["separator"]} aria-label="Size of the message pane" />
            <Panel id="detail" defaultSize={isNarrow ? "52%" : "40%"} minSize="20%">
              <RelatedKeys seq={selected} areLettersOn={areLettersOn} onJump={jump} />
              <DetailPane seq={selected} knownRow={store.rows.get(selected)} onSelect={jump} onClose={close} />
            </Panel>
          </>
        )}
      </Group>
    </div>
  );
}

/** `[` and `]`, which need the message's relatives and so exist only while it is shown. */
function RelatedKeys(props: {
  readonly seq: Seq;
  readonly areLettersOn: boolean;
  readonly onJump: (seq: Seq) => void;
}) {
  const { data } = useMessageDetail(props.seq);
  const relation = relationOf(props.seq, data?.related ?? []);
  const jump = (seq: Seq | undefined) => seq !== undefined && props.onJump(seq);
  useShortcuts(
    { "previous-related": () => jump(relation?.previous), "next-related": () => jump(relation?.next) },
    props.areLettersOn,
  );
  return null;
}

/** Rows that arrived since following was paused and have not been scrolled to. */
function useUnseen(isFollowing: boolean, length: number, visibleEnd: number): number {
  const seen = useRef(length);
  seen.current = isFollowing ? length : Math.min(Math.max(seen.current, visibleEnd), length);
  return length - seen.current;
}
