import type { Seq } from "@inspector/contract/page";
import { useColumnLength, useList, useMessageDetail, useSessionStore } from "../../shell/data/session-context.ts";
import { formatPlural } from "../../shell/format/size.ts";
import { ListFrame } from "../../shell/grid/ListFrame.tsx";
import { useListWithDetail } from "../../shell/grid/useListWithDetail.ts";
import { NO_CAPTIONS } from "../../shell/grid/useSelectList.ts";
import { useShortcuts } from "../../shell/keyboard/useShortcuts.ts";
import { useShell } from "../../shell/page/shell-context.ts";
import { SplitView } from "../../shell/panes/SplitView.tsx";
import { DetailPane } from "../detail/DetailPane.tsx";
import { relationOf } from "../detail/related.ts";
import { MessageGrid, ROW_HEIGHT } from "./MessageGrid.tsx";

/** The list of messages and the selected one. */
export function MessagesView() {
  const { address, go, listRef } = useShell();
  const store = useSessionStore();
  const state = useList("messages");
  const { column } = state.view;
  const length = useColumnLength(column);
  const selected = address.message;
  const { list, open, isDetailOpen, closeDetail } = useListWithDetail({
    column,
    length,
    rowHeight: ROW_HEIGHT,
    captions: NO_CAPTIONS,
    selected,
    onSelect: (message) => go({ message }),
  });
  const isOpen = isDetailOpen && selected !== undefined;
  return (
    <SplitView
      separator="Size of the message pane"
      detail={
        isOpen && (
          <>
            <RelatedKeys seq={selected} onJump={open} />
            <DetailPane seq={selected} knownRow={store.rows.get(selected)} onSelect={open} onClose={closeDetail} />
          </>
        )
      }
      list={
        <ListFrame
          state={state}
          length={length}
          visibleEnd={list.visibleRows.end}
          hidden={formatPlural(store.total, "message is", "messages are")}
        >
          <MessageGrid
            gridRef={listRef}
            column={column}
            length={length}
            list={list.list}
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
