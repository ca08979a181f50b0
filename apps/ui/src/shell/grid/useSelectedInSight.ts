import { useLayoutEffect, useRef } from "react";
import type { ScrolledList } from "./useRowWindow.ts";

/**
 * A selected row that was in sight stays so when the list gets smaller, because the window did or what is selected opened below it.
 *
 * @param isFollowing the end stays in sight instead; a row that is selected as that stops, by which the list gets smaller, is seen too
 */
export function useSelectedInSight(
  { viewport, visible, scrollTo }: ScrolledList,
  line: number | undefined,
  isFollowing = false,
): void {
  const was = useRef({ viewport, isInSight: false });
  useLayoutEffect(() => {
    if (was.current.viewport !== viewport && was.current.isInSight && line !== undefined && !isFollowing) {
      scrollTo(line, "nearest");
    }
    was.current = { viewport, isInSight: line !== undefined && line >= visible.start && line < visible.end };
  }, [viewport, line, isFollowing, visible.start, visible.end, scrollTo]);
}
