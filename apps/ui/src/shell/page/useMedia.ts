import { useMemo, useSyncExternalStore } from "react";

/** Whether a media query matches now. */
export function useMedia(query: string): boolean {
  const media = useMemo(() => {
    const list = matchMedia(query);
    return {
      subscribe: (listener: () => void) => {
        list.addEventListener("change", listener);
        return () => list.removeEventListener("change", listener);
      },
      getMatches: () => list.matches,
    };
  }, [query]);
  return useSyncExternalStore(media.subscribe, media.getMatches);
}
