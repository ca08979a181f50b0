import { type RefObject, useEffect, useEffectEvent } from "react";

/** Tells of each press of a pointer outside of an element, while `isWatching`. */
export function usePointerElsewhere(
  root: RefObject<HTMLElement | null>,
  isWatching: boolean,
  onElsewhere: () => void,
): void {
  const tell = useEffectEvent(onElsewhere);
  useEffect(() => {
    if (!isWatching) {
      return;
    }
    const onPointerDown = (event: PointerEvent) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) {
        tell();
      }
    };
    window.addEventListener("pointerdown", onPointerDown);
    return () => window.removeEventListener("pointerdown", onPointerDown);
  }, [root, isWatching]);
}
