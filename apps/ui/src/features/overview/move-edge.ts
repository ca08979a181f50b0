import type { TimeWindow } from "./brush.ts";

/** Parts of the whole that one press of a key moves. */
const STEP_PART = 0.01;
const PAGE_PART = 0.1;

/** The window after a key on one of its edges; with `isWhole` both edges move. Undefined for keys that move nothing. */
export function moveEdge(
  window: TimeWindow,
  range: TimeWindow,
  edge: "from" | "to",
  key: string,
  isWhole: boolean,
): TimeWindow | undefined {
  const length = range.to - range.from;
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -STEP_PART,
    ArrowDown: -STEP_PART,
    ArrowRight: STEP_PART,
    ArrowUp: STEP_PART,
    PageDown: -PAGE_PART,
    PageUp: PAGE_PART,
    Home: -1,
    End: 1,
  };
  const part = steps[key];
  if (part === undefined) {
    return undefined;
  }
  const by = part * length;
  if (isWhole) {
    const moved = Math.min(Math.max(by, range.from - window.from), range.to - window.to);
    return { from: window.from + moved, to: window.to + moved };
  }
  if (edge === "from") {
    return { ...window, from: clamp(window.from + by, range.from, window.to) };
  }
  return { ...window, to: clamp(window.to + by, window.from, range.to) };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
