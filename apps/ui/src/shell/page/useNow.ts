import { useEffect, useState } from "react";
import { untilBeat } from "../data/beat.ts";

/** Milliseconds since the Unix epoch, renewed every `interval` milliseconds, in the same frame as all other clocks of the page. */
export function useNow(interval: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const tick = () => {
      setNow(Date.now());
      timer = setTimeout(tick, untilBeat(interval));
    };
    timer = setTimeout(tick, untilBeat(interval));
    return () => clearTimeout(timer);
  }, [interval]);
  return now;
}
