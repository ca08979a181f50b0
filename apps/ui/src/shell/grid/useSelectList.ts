import type { Seq } from "@inspector/contract/page";
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef } from "react";
import type { RowOrder } from "../data/row-order.ts";
import { type CaptionRows, countLines, lineOfRow, rowAtLine } from "./caption-lines.ts";
import { HEAD_HEIGHT } from "./Grid.tsx";
import type { RowWindow } from "./row-window.ts";
import type { GridSteps } from "./useGridKeys.ts";
import { type ScrolledList, useRowWindow } from "./useRowWindow.ts";
import { useSelectedInSight } from "./useSelectedInSight.ts";

export type SelectListOptions = {
  readonly gridRef: RefObject<HTMLDivElement | null>;
  readonly column: RowOrder;
  readonly length: number;
  readonly rowHeight: number;
  /** Rows that have a caption above them. */
  readonly captions: CaptionRows;
  readonly selected: Seq | undefined;
  readonly isFollowing: boolean;
  /** Rows that come to its top are shown, if that is in sight. */
  readonly isSorted?: boolean | undefined;
  readonly onSelect: (seq: Seq) => void;
  /** Whether the newest row should be kept in sight; called when scrolling or keys change that. */
  readonly onFollow: (isFollowing: boolean) => void;
};

export type SelectList = GridSteps & {
  /** In lines: rows and captions. */
  readonly list: ScrolledList;
  /** The rows in sight. */
  readonly visibleRows: RowWindow;
  /** Brings a row into sight, if this view holds it: into the middle when it comes from elsewhere. */
  readonly show: (seq: Seq) => void;
};

/** For lists without captions. */
export const NO_CAPTIONS: CaptionRows = [];

/** Scrolling, following and moving the selection of a list of rows. */
export function useSelectList(options: SelectListOptions): SelectList {
  const { gridRef, column, length, captions, selected, isFollowing, onSelect, onFollow } = options;
  const lines = countLines(captions, length);
  const list = useRowWindow({
    scroller: gridRef,
    count: lines,
    rowHeight: options.rowHeight,
    headHeight: HEAD_HEIGHT,
    staysAtEnd: isFollowing,
    onScroll: ({ isUp, isAtEnd }) => {
      if (isUp && isFollowing) {
        onFollow(false);
      } else if (isAtEnd && !isUp && !isFollowing) {
        onFollow(true);
      }
    },
  });
  const { scrollTo, visible } = list;
  const { start, end } = visible;
  const visibleRows = { start: rowAtLine(captions, start), end: Math.min(rowAtLine(captions, end), length) };

  const selectedIndex = selected === undefined ? -1 : column.indexOf(selected);
  useSelectedInSight(list, selectedIndex < 0 ? undefined : lineOfRow(captions, selectedIndex), isFollowing);
  const isAtTop = visibleRows.start === 0;
  useSteadyView(list, column, captions, visibleRows.start, isFollowing || (options.isSorted === true && isAtTop));

  const showRow = useCallback(
    (row: number) => {
      const line = lineOfRow(captions, row);
      scrollTo(line, line >= start - 1 && line <= end ? "nearest" : "center");
    },
    [captions, scrollTo, start, end],
  );
  const show = useCallback(
    (seq: Seq) => {
      const index = column.indexOf(seq);
      if (index >= 0) {
        showRow(index);
      }
    },
    [column, showRow],
  );
  useShowOnce(selected, length, column, isFollowing, show);

  const moveTo = (index: number) => {
    const target = Math.min(Math.max(0, index), length - 1);
    const seq = column.at(target);
    if (seq === undefined) {
      return;
    }
    onFollow(false);
    onSelect(seq);
    showRow(target);
  };
  const current = selected === undefined ? undefined : column.lowerBound(selected);
  const pageRows = Math.max(1, visibleRows.end - visibleRows.start - 2);
  return {
    list,
    visibleRows,
    // Nothing is selected yet: up from the newest row while it is followed, else down from the first one in sight.
    step: (by) => moveTo((current ?? (isFollowing ? length : visibleRows.start - 1)) + by),
    stepPage: (direction) => moveTo((current ?? visibleRows.start) + direction * pageRows),
    toFirst: () => moveTo(0),
    toLast: () => {
      const seq = column.at(length - 1);
      if (seq === undefined) {
        return;
      }
      onSelect(seq);
      // In a session that cannot grow there is nothing to follow.
      onFollow(true);
      showRow(length - 1);
    },
    show,
  };
}

/** What comes or goes above the rows in sight does not move them. */
function useSteadyView(
  { shiftBy }: ScrolledList,
  column: RowOrder,
  captions: CaptionRows,
  firstRow: number,
  isMoving: boolean,
): void {
  const anchor = useRef<{ readonly source: object; readonly seq: Seq; readonly line: number } | undefined>(undefined);
  useLayoutEffect(() => {
    const was = anchor.current;
    const index = was?.source === column.source ? column.indexOf(was.seq) : -1;
    const moved = was && index > 0 ? lineOfRow(captions, index) - was.line : 0;
    if (moved !== 0 && !isMoving) {
      shiftBy(moved);
    }
    const seq = column.at(firstRow);
    anchor.current =
      seq === undefined ? undefined : { source: column.source, seq, line: lineOfRow(captions, firstRow) };
  });
}

/** A row that was selected by the link is shown as soon as the view has it; another view shows it again. */
function useShowOnce(
  selected: Seq | undefined,
  length: number,
  column: RowOrder,
  isFollowing: boolean,
  show: (seq: Seq) => void,
): void {
  const shown = useRef<object | undefined>(undefined);
  useEffect(() => {
    if (shown.current === column.source || length === 0) {
      return;
    }
    if (selected !== undefined && column.cursor < selected) {
      return;
    }
    shown.current = column.source;
    if (selected !== undefined && !isFollowing) {
      show(selected);
    }
  }, [selected, length, column, isFollowing, show]);
}

/**
 * Rows that arrived since following was paused and have not been scrolled to. What a view (`viewKey`) held when it was
 * first there is not new.
 */
export function useUnseen(viewKey: string, isFollowing: boolean, length: number, visibleEnd: number): number {
  const seen = useRef({ viewKey, count: length });
  const { current } = seen;
  const isOther = current.viewKey !== viewKey;
  const count = isFollowing || isOther ? length : Math.min(Math.max(current.count, visibleEnd), length);
  seen.current = { viewKey, count };
  return length - count;
}
