import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import {
  isScaled,
  type ListShape,
  maxOffset,
  offsetToCenter,
  offsetToShow,
  type RowWindow,
  rowWindow,
  scrollHeight,
  toOffset,
  toScrollTop,
  visibleRows,
} from "./row-window.ts";

export type ScrolledList = RowWindow & {
  /** Where the block of rows goes inside the scrolled content, in pixels. */
  readonly blockTop: number;
  /** Height of the scrolled content, in pixels. */
  readonly height: number;
  readonly visible: RowWindow;
  /** Pixels of rows that are in sight. */
  readonly viewport: number;
  readonly scrollTo: (index: number, how: "nearest" | "center") => void;
  /** Rows came (or, if negative, went) above what is in sight: it stays where it is. */
  readonly shiftBy: (rows: number) => void;
};

export type RowWindowOptions = {
  readonly scroller: RefObject<HTMLElement | null>;
  readonly count: number;
  readonly rowHeight: number;
  /** Height of what sticks to the top of the scroller, above the rows. */
  readonly headHeight: number;
  /** The last row stays in sight, whatever comes. */
  readonly staysAtEnd?: boolean;
  /** The person moved the list; `isAtEnd` when the last row is in sight. */
  readonly onScroll?: (move: { readonly isUp: boolean; readonly isAtEnd: boolean }) => void;
};

/** Pixels by which a browser may round a scroll position that was set. */
const ROUNDING = 2;

/** Rows of one height in a scroller that may hold millions of them; see row-window.ts. */
export function useRowWindow(options: RowWindowOptions): ScrolledList {
  const { scroller, count, rowHeight, headHeight, staysAtEnd = false } = options;
  const viewport = useViewportHeight(scroller, headHeight);
  const shape: ListShape = { count, rowHeight, viewport };
  const [state, setState] = useState({ offset: 0, scrollTop: 0 });
  const latest = useRef({ shape, offset: 0, scrollTop: 0, options });
  latest.current = { ...latest.current, shape, options };
  const [wasAtEnd, setWasAtEnd] = useState(staysAtEnd);
  if (wasAtEnd !== staysAtEnd) {
    setWasAtEnd(staysAtEnd);
    const { offset, scrollTop } = latest.current;
    setState({ offset, scrollTop });
  }

  const moveTo = useCallback(
    (offset: number) => {
      const element = scroller.current;
      if (!element) {
        return;
      }
      const scrollTop = toScrollTop(latest.current.shape, offset);
      latest.current = { ...latest.current, offset, scrollTop };
      element.scrollTop = scrollTop;
      setState({ offset, scrollTop });
    },
    [scroller],
  );

  useEffect(() => {
    const element = scroller.current;
    if (!element) {
      return;
    }
    const onScroll = () => {
      const { shape, offset, scrollTop, options } = latest.current;
      // Our own doing, or its rounding: the exact offset is known.
      if (Math.abs(element.scrollTop - scrollTop) < ROUNDING) {
        return;
      }
      // Where the scroller became higher at its end, the browser moves the rows: nobody scrolled.
      if (rowRoom(element, options.headHeight) !== shape.viewport) {
        return;
      }
      const next = toOffset(shape, element.scrollTop);
      latest.current = { ...latest.current, offset: next, scrollTop: element.scrollTop };
      setState((was) => (isSameView(shape, was.offset, next) ? was : { offset: next, scrollTop: element.scrollTop }));
      options.onScroll?.({ isUp: next < offset, isAtEnd: next >= maxOffset(shape) - ROUNDING });
    };
    // A scaled scroll bar would turn one notch of the wheel into many screens.
    const onWheel = (event: WheelEvent) => {
      const { shape, offset, options } = latest.current;
      if (!isScaled(shape) || event.ctrlKey) {
        return;
      }
      event.preventDefault();
      const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * shape.rowHeight : event.deltaY;
      const next = Math.min(Math.max(0, offset + pixels), maxOffset(shape));
      moveTo(next);
      options.onScroll?.({ isUp: next < offset, isAtEnd: next >= maxOffset(shape) - ROUNDING });
    };
    element.addEventListener("scroll", onScroll, { passive: true });
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => {
      element.removeEventListener("scroll", onScroll);
      element.removeEventListener("wheel", onWheel);
    };
  }, [scroller, moveTo]);

  // The rows at the end were drawn already: the list grows by one render, and is laid out once.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!staysAtEnd || !element) {
      return;
    }
    const shape = { count, rowHeight, viewport };
    const offset = maxOffset(shape);
    const scrollTop = toScrollTop(shape, offset);
    latest.current = { ...latest.current, offset, scrollTop };
    element.scrollTop = scrollTop;
  }, [scroller, staysAtEnd, count, rowHeight, viewport]);

  // A list that shrank (another filter) or whose window grew may stand beyond its end.
  useLayoutEffect(() => {
    const limit = maxOffset({ count, rowHeight, viewport });
    if (latest.current.offset > limit) {
      moveTo(limit);
    }
  }, [count, rowHeight, viewport, moveTo]);

  const scrollTo = useCallback(
    (index: number, how: "nearest" | "center") => {
      const { shape, offset } = latest.current;
      moveTo(how === "center" ? offsetToCenter(shape, index) : offsetToShow(shape, offset, index));
    },
    [moveTo],
  );

  const shiftBy = useCallback(
    (rows: number) => {
      const { shape, offset } = latest.current;
      moveTo(Math.min(Math.max(0, offset + rows * shape.rowHeight), maxOffset(shape)));
    },
    [moveTo],
  );

  const end = maxOffset(shape);
  const offset = staysAtEnd ? end : Math.min(state.offset, end);
  const scrollTop = staysAtEnd ? toScrollTop(shape, end) : state.scrollTop;
  const window = rowWindow(shape, offset);
  const blockTop = isScaled(shape) ? scrollTop + window.start * rowHeight - offset : window.start * rowHeight;
  return {
    ...window,
    blockTop,
    height: scrollHeight(shape),
    visible: visibleRows(shape, offset),
    viewport,
    scrollTo,
    shiftBy,
  };
}

/** Between renders the browser moves the rows itself, as long as they are the same ones at the same place. */
function isSameView(shape: ListShape, was: number, now: number): boolean {
  if (isScaled(shape)) {
    return false;
  }
  const a = rowWindow(shape, was);
  const b = rowWindow(shape, now);
  return a.start === b.start && a.end === b.end;
}

function rowRoom(scroller: HTMLElement, headHeight: number): number {
  return Math.max(0, scroller.clientHeight - headHeight);
}

function useViewportHeight(scroller: RefObject<HTMLElement | null>, headHeight: number): number {
  const [height, setHeight] = useState(0);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) {
      return;
    }
    const measure = () => setHeight(rowRoom(element, headHeight));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller, headHeight]);
  return height;
}
