import type { Seq } from "@inspector/session";
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef } from "react";
import type { Column } from "../data/column.ts";
import { type ScrolledList, useRowWindow } from "../list/useRowWindow.ts";
import { HEAD_HEIGHT, ROW_HEIGHT } from "./MessageGrid.tsx";

export type MessageListOptions = {
  readonly gridRef: RefObject<HTMLDivElement | null>;
  readonly column: Column;
  readonly length: number;
  readonly selected: Seq | undefined;
  readonly isFollowing: boolean;
  readonly onSelect: (seq: Seq) => void;
  /** Whether the newest row should be kept in sight; called when scrolling or keys change that. */
  readonly onFollow: (isFollowing: boolean) => void;
};

export type MessageList = {
  readonly list: ScrolledList;
  /** Selects the row `by` rows below the selected one (above, if negative). */
  readonly step: (by: number) => void;
  readonly stepPage: (direction: 1 | -1) => void;
  readonly toFirst: () => void;
  readonly toLast: () => void;
  /** Brings a row into sight, if this view holds it: into the middle when it comes from elsewhere. */
  readonly show: (seq: Seq) => void;
};

/** Scrolling, following and moving the selection of the message list. */
export function useMessageList(options: MessageListOptions): MessageList {
  const { gridRef, column, length, selected, isFollowing, onSelect, onFollow } = options;
  const list = useRowWindow({
    scroller: gridRef,
    count: length,
    rowHeight: ROW_HEIGHT,
    headHeight: HEAD_HEIGHT,
    onScroll: ({ isUp, isAtEnd }) => {
      if (isUp && isFollowing) onFollow(false);
      else if (isAtEnd && !isUp && !isFollowing) onFollow(true);
    },
  });
  const { scrollTo, visible } = list;

  useLayoutEffect(() => {
    if (isFollowing && length > 0) scrollTo(length - 1, "end");
  }, [isFollowing, length, scrollTo]);

  const { start, end } = visible;
  const show = useCallback(
    (seq: Seq) => {
      const index = column.indexOf(seq);
      if (index >= 0) scrollTo(index, index >= start && index < end ? "nearest" : "center");
    },
    [column, scrollTo, start, end],
  );
  useShowOnce(selected, length, column, isFollowing, show);

  const moveTo = (index: number) => {
    const target = Math.min(Math.max(0, index), length - 1);
    const seq = column.at(target);
    if (seq === undefined) return;
    onFollow(false);
    onSelect(seq);
    scrollTo(target, "nearest");
  };
  const current = selected === undefined ? undefined : column.lowerBound(selected);
  const first = current ?? visible.start - 1;
  const pageRows = Math.max(1, visible.end - visible.start - 2);
  return {
    list,
    step: (by) => moveTo(first + by),
    stepPage: (direction) => moveTo((current ?? visible.start) + direction * pageRows),
    toFirst: () => moveTo(0),
    toLast: () => {
      const seq = column.at(length - 1);
      if (seq === undefined) return;
      onSelect(seq);
      onFollow(true);
    },
    show,
  };
}

/** A message that was selected by the link is shown as soon as the view has it; another view shows it again. */
function useShowOnce(
  selected: Seq | undefined,
  length: number,
  column: Column,
  isFollowing: boolean,
  show: (seq: Seq) => void,
): void {
  const shown = useRef<Column | undefined>(undefined);
  useEffect(() => {
    if (shown.current === column || length === 0) return;
    if (selected !== undefined && column.cursor < selected) return;
    shown.current = column;
    if (selected !== undefined && !isFollowing) show(selected);
  }, [selected, length, column, isFollowing, show]);
}
