import { type RefCallback, type RefObject, useCallback, useLayoutEffect, useState } from "react";

/** Pixels of an element's content in width, now and whenever it changes; 0 before it is there. */
export function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => (element.current ? observeWidth(element.current, setWidth) : undefined), [element]);
  return width;
}

/** The same of an element that comes and goes: the one that has the ref. */
export function useWidthOf(): readonly [width: number, ref: RefCallback<HTMLElement>] {
  const [width, setWidth] = useState(0);
  const ref = useCallback((element: HTMLElement | null) => (element ? observeWidth(element, setWidth) : undefined), []);
  return [width, ref];
}

/** @returns what ends it */
function observeWidth(element: HTMLElement, onWidth: (width: number) => void): () => void {
  const observer = new ResizeObserver(([entry]) => onWidth(entry?.contentRect.width ?? 0));
  onWidth(element.clientWidth);
  observer.observe(element);
  return () => observer.disconnect();
}
