import type { Seq } from "@inspector/contract/page";
import { useEffect, useMemo, useState } from "react";
import { useColumnLength, useInvocation, useList } from "../../shell/data/session-context.ts";
import { useWorkers } from "../../shell/data/workbench-queries.ts";
import { countInvocations } from "../../shell/format/count.ts";
import { formatPlural } from "../../shell/format/size.ts";
import { ListFrame } from "../../shell/grid/ListFrame.tsx";
import { useListWithDetail } from "../../shell/grid/useListWithDetail.ts";
import { useShortcuts } from "../../shell/keyboard/useShortcuts.ts";
import { useShell } from "../../shell/page/shell-context.ts";
import { lazyPart } from "../../shell/panes/Part.tsx";
import { SplitView } from "../../shell/panes/SplitView.tsx";
import { relationOf } from "../detail/related.ts";
import { listCaptions } from "./captions.ts";
import { InvocationGrid, ROW_HEIGHT } from "./InvocationGrid.tsx";
import type { IdleGaps } from "./idle-gaps.ts";
import { INVOCATION_TABS, type InvocationTab } from "./invocation-tabs.ts";
import { MarkNote } from "./MarkNote.tsx";
import { NextFailure } from "./NextFailure.tsx";
import { OrderNote } from "./OrderNote.tsx";
import { formatOrder, parseOrder } from "./row-sorting.ts";
import { useMarkedCall } from "./useMarkedCall.ts";
import { useReplayKeys } from "./useReplayKeys.ts";
import { useSortedRows } from "./useSortedRows.ts";

/** Asked for with the view, and not waited for: nothing is selected at first. */
const InvocationPane = lazyPart(
  "the invocation",
  async () => (await import("./InvocationPane.tsx")).InvocationPane,
  ({ id }) => id,
);
void InvocationPane.preload();

const NO_GAPS: IdleGaps = new Map();

/** The list of invocations and start-up steps, and the selected one. */
export function InvocationsView() {
  const { address, go, listRef, isFollowing } = useShell();
  const state = useList("invocations");
  const { column, filter } = state.view;
  const total = useColumnLength(column);
  const order = useMemo(() => parseOrder(address.sort), [address.sort]);
  const sorted = useSortedRows(order, filter);
  const rows = sorted?.rows ?? column;
  const length = sorted?.rows.length ?? total;
  const { data: workers } = useWorkers();
  const [gaps, setGaps] = useState(NO_GAPS);
  const tab = INVOCATION_TABS.find((id) => id === address.tab) ?? "request";
  const setTab = (tab: InvocationTab) => go({ tab });
  const selected = address.invocation;
  const marks = useMarkedCall();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the column grows in place, its length says so
  const captions = useMemo(
    () => (order === undefined ? listCaptions(column, workers ?? [], filter === "" ? gaps : NO_GAPS) : []),
    [column, total, workers, filter, gaps, order],
  );
  const captionRows = useMemo(() => captions.map(({ row }) => row), [captions]);
  const { list, open, isDetailOpen, openDetail, closeDetail } = useListWithDetail({
    column: rows,
    length,
    isSorted: order !== undefined,
    rowHeight: ROW_HEIGHT,
    captions: captionRows,
    selected,
    onSelect: (invocation) => go({ invocation, message: undefined, ...marks.withMarked(invocation) }),
  });
  const compareWith = (other: Seq) => {
    if (selected === undefined || other === selected || !marks.isCall(selected) || !marks.isCall(other)) {
      open(other);
      return;
    }
    go({ tab: "compare", with: other });
    openDetail();
  };
  useShortcuts(
    selected !== undefined && marks.isCall(selected)
      ? {
          "mark-row": () => marks.mark(marks.marked === selected ? undefined : selected),
          "compare-calls": () => {
            setTab("compare");
            openDetail();
          },
        }
      : {},
  );
  const replay = useReplayKeys(selected, () => {
    setTab("replay");
    openDetail();
  });
  // Who wants to follow the newest row wants the order of time.
  useEffect(() => {
    if (isFollowing && order !== undefined) {
      go({ sort: undefined });
    }
  }, [isFollowing, order, go]);
  // A link from elsewhere (a problem, a function) selects a row while nothing is open.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it opens for another selection only
  useEffect(() => {
    if (selected !== undefined) {
      openDetail();
    }
  }, [selected]);
  const isOpen = isDetailOpen && selected !== undefined;
  const { marked } = marks;
  const notes = [
    sorted && <OrderNote key="order" sorted={sorted} total={total} onClear={() => go({ sort: undefined })} />,
    marked !== undefined && (
      <MarkNote
        key="mark"
        marked={marked}
        onCompare={selected === undefined || selected === marked ? undefined : () => compareWith(marked)}
        onClear={() => marks.mark(undefined)}
      />
    ),
  ].filter(Boolean);
  return (
    <SplitView
      separator="Size of the invocation pane"
      isRoomy={tab === "replay" || tab === "compare"}
      detail={
        isOpen && (
          <>
            <MessageKeys id={selected} onTab={setTab} />
            <InvocationPane id={selected} tab={tab} onTab={setTab} {...replay} onSelect={open} onClose={closeDetail} />
          </>
        )
      }
      list={
        <>
          <NextFailure selected={selected} onFound={open} />
          <ListFrame
            state={state}
            length={total}
            above={notes.length === 0 ? undefined : notes}
            visibleEnd={list.visibleRows.end}
            hidden={formatPlural(countInvocations(workers ?? []), "invocation is", "invocations are")}
          >
            <InvocationGrid
              gridRef={listRef}
              column={rows}
              length={length}
              order={order}
              onSort={(sorting) => go({ sort: formatOrder(sorting) })}
              captions={captions}
              list={list}
              selected={selected}
              beside={marked ?? (isOpen && tab === "compare" ? address.with : undefined)}
              onSelect={open}
              onCompare={compareWith}
              onGaps={setGaps}
            />
          </ListFrame>
        </>
      }
    />
  );
}

/** `[` and `]` go through the messages of the invocation, which are shown one by one in its Messages tab. */
function MessageKeys({ id, onTab }: { readonly id: Seq; readonly onTab: (tab: InvocationTab) => void }) {
  const { address, go } = useShell();
  const { data } = useInvocation(id);
  const messages = data?.messages ?? [];
  const relation = address.message === undefined ? undefined : relationOf(address.message, messages);
  const show = (message: Seq | undefined) => {
    if (message === undefined) {
      return;
    }
    onTab("messages");
    go({ message });
  };
  useShortcuts({
    "previous-related": () => show(relation ? relation.previous : messages.at(-1)),
    "next-related": () => show(relation ? relation.next : messages[0]),
  });
  return null;
}
