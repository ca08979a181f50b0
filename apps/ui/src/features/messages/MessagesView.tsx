import type { Seq } from "@inspector/contract/page";
import { useState } from "react";
import { useColumnLength, useList, useMessageDetail, useSessionStore } from "../../shell/data/session-context.ts";
import { formatPlural } from "../../shell/format/size.ts";
import { useShortcuts } from "../../shell/keyboard/useShortcuts.ts";
import { ListFrame } from "../../shell/list/ListFrame.tsx";
import { NO_CAPTIONS, useSelectList } from "../../shell/list/useSelectList.ts";
import { useShell } from "../../shell/page/shell-context.ts";
import { SplitView } from "../../shell/table/SplitView.tsx";
import { DetailPane } from "../detail/DetailPane.tsx";
import { relationOf } from "../detail/related.ts";
import { HEAD_HEIGHT, MessageGrid, ROW_HEIGHT } from "./MessageGrid.tsx";

/** The list of messages and the selected one. */
export function MessagesView() {
  const { address, go, isFollowing, setFollow, listRef } = useShell();
  const store = useSessionStore();
  const state = useList("messages");
  const { column } = state.view;
  const length = useColumnLength(column);
  const selected = address.message;
  const [isDetailOpen, setDetailOpen] = useState(selected !== undefined);
  const select = (message: Seq | undefined) => go({ message });
  const messages = useSelectList({
    gridRef: listRef,
    column,
    length,
    rowHeight: ROW_HEIGHT,
    headHeight: HEAD_HEIGHT,
    captions: NO_CAPTIONS,
    selected,
    isFollowing,
    onSelect: select,
    onFollow: setFollow,
  });

  const open = (seq: Seq) => {
    setFollow(false);
    select(seq);
    setDetailOpen(true);
    messages.show(seq);
  };
  const close = () => {
    setDetailOpen(false);
    listRef.current?.focus();
  };
  useShortcuts({
    "next-row": () => messages.step(1),
    "previous-row": () => messages.step(-1),
    "page-down": () => messages.stepPage(1),
    "page-up": () => messages.stepPage(-1),
    "first-row": messages.toFirst,
    "last-row": messages.toLast,
    "open-detail": () => (selected === undefined ? messages.step(1) : setDetailOpen(true)),
    "close-detail": () => (isDetailOpen ? close() : select(undefined)),
  });
  const isOpen = isDetailOpen && selected !== undefined;
  return (
    <SplitView
      separator="Size of the message pane"
      detail={
        isOpen && (
          <>
            <RelatedKeys seq={selected} onJump={open} />
            <DetailPane seq={selected} knownRow={store.rows.get(selected)} onSelect={open} onClose={close} />
          </>
        )
      }
      list={
        <ListFrame
          state={state}
          length={length}
          visibleEnd={messages.visibleRows.end}
          hidden={formatPlural(store.total, "message is", "messages are")}
        >
          <MessageGrid
            gridRef={listRef}
            column={column}
            length={length}
            list={messages.list}
            selected={selected}
            onSelect={open}
          />
        </ListFrame>
      }
    />
  );
}

/** `[` and `]`, which need the message's relatives and so exist only while it is shown. */
function RelatedKeys(props: { readonly seq: Seq; readonly onJump: (seq: Seq) => void }) {
  const { data } = useMessageDetail(props.seq);
  const relation = relationOf(props.seq, data?.related ?? []);
  const jump = (seq: Seq | undefined) => seq !== undefined && props.onJump(seq);
  useShortcuts({ "previous-related": () => jump(relation?.previous), "next-related": () => jump(relation?.next) });
  return null;
}
