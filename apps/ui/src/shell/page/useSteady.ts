import { useCallback, useLayoutEffect, useRef } from "react";

/**
 * One function for all renders, which does what the newest one of them gave: what is memoised is not drawn again because
 * of it. It is for events, and not to be called while something is rendered.
 */
export function useSteady<Args extends readonly unknown[]>(act: (...args: Args) => void): (...args: Args) => void {
  const newest = useRef(act);
  useLayoutEffect(() => {
    newest.current = act;
  });
  return useCallback((...args: Args) => newest.current(...args), []);
}
