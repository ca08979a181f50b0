import { type RefObject, useLayoutEffect, useState } from "react";

/** Whether something of a scroller lies beyond its left and its right edge. */
export type ScrollEdges = { readonly start: boolean; readonly end: boolean };

const NONE: ScrollEdges = { start: false, end: false };

/** A browser may round where it scrolled to. */
const ROUNDING = 2;

/**
 * Beyond which edges a row of things goes on that is scrolled sideways, now and whenever that changes.
 * @param things another text where there are other things in it
 */
export function useScrollEdges(scroller: RefObject<HTMLElement | null>, things: string): ScrollEdges {
  const [edges, setEdges] = useState(NONE);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `things` stands for the children that are observed
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) {
      return;
    }
    const look = () => {
      const rest = element.scrollWidth - element.clientWidth - element.scrollLeft;
      const now = { start: element.scrollLeft > ROUNDING, end: rest > ROUNDING };
      setEdges((was) => (was.start === now.start && was.end === now.end ? was : now));
    };
    const observer = new ResizeObserver(look);
    observer.observe(element);
    for (const child of element.children) {
      observer.observe(child);
    }
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, [scroller, things]);
  return edges;
}
