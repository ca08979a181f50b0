import { useLayoutEffect, useRef } from "react";
import type { ScrolledList } from "./useRowWindow.ts";

/** A selected row that was in sight stays so when the list gets smaller, because the window did or what is selected opened below it. */
export function useSelectedInSight({ viewport, visible, scrollTo }: ScrolledList, line: number | undefined): void {
  const was = useRef({ viewport, isInSight: false });
  useLayoutEffect(() => {
    if (was.current.viewport !== viewport && was.current.isInSight && line !== undefined) {
      scrollTo(line, "nearest");
    }
    was.current = { viewport, isInSight: line !== undefined && line >= visible.start && line < visible.end };
  }, [viewport, line, visible.start, visible.end, scrollTo]);
}
