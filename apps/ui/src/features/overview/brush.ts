import { ownValue } from "@inspector/contract/own-value";
import type { Nanos } from "@inspector/contract/page";
import { replaceTerm, termOf } from "../filter/filter-terms.ts";

/** A window of session time that was chosen. */
export type TimeWindow = { readonly from: Nanos; readonly to: Nanos };

const UNITS: Readonly<Record<string, number>> = { us: 1e3, ms: 1e6, s: 1e9, m: 60e9, min: 60e9, h: 3600e9 };

/** The window that the filter's `at:` term stands for, if it has one in the form that the brush writes. */
export function windowOf(filter: string): TimeWindow | undefined {
  const [, from, to] = /^at:([^.]+(?:\.\d+)?[a-z]+)\.\.(\S+)$/.exec(termOf(filter, "at") ?? "") ?? [];
  const start = parseTime(from);
  const end = parseTime(to);
  return start === undefined || end === undefined || end < start ? undefined : { from: start, to: end };
}

function parseTime(text: string | undefined): Nanos | undefined {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([a-z]+)$/.exec(text ?? "") ?? [];
  const factor = ownValue(UNITS, unit ?? "");
  return factor === undefined ? undefined : Number(number) * factor;
}

/** Puts the window into the filter, in place of another; none takes it out. */
export function withWindow(filter: string, window: TimeWindow | undefined): string {
  return replaceTerm(filter, "at", window && `at:${formatTime(window.from)}..${formatTime(window.to)}`);
}

/** A window at the precision at which it was drawn: to the power of ten below what one pixel stands for. */
export function roundWindow({ from, to }: TimeWindow, pixel: Nanos): TimeWindow {
  const step = 10 ** Math.floor(Math.log10(Math.max(1e6, pixel)));
  return { from: Math.floor(from / step) * step, to: Math.ceil(to / step) * step };
}

/** Seconds to the millisecond: finer than a pixel of any overview, and read at a glance. */
function formatTime(at: Nanos): string {
  return `${(Math.max(0, at) / 1e9).toFixed(3).replace(/\.?0+$/, "")}s`;
}

/** What a drag on the overview has hold of. */
export type Grip = "from" | "to" | "all" | "new";

const GRIP_PIXELS = 6;

/** What is under the pointer: an edge, the window itself, or the time beside it. */
export function gripAt(x: number, window: { readonly left: number; readonly right: number } | undefined): Grip {
  if (window === undefined) {
    return "new";
  }
  if (Math.abs(x - window.left) <= GRIP_PIXELS) {
    return "from";
  }
  if (Math.abs(x - window.right) <= GRIP_PIXELS) {
    return "to";
  }
  return x > window.left && x < window.right ? "all" : "new";
}

/** The window's pixels after a drag from `start` to `x`, within the overview. */
export function dragWindow(
  grip: Grip,
  was: { readonly left: number; readonly right: number },
  start: number,
  x: number,
  width: number,
): { readonly left: number; readonly right: number } {
  const at = Math.min(Math.max(0, x), width);
  if (grip === "all") {
    const by = Math.min(Math.max(at - start, -was.left), width - was.right);
    return { left: was.left + by, right: was.right + by };
  }
  const fixed = grip === "new" ? start : grip === "from" ? was.right : was.left;
  return { left: Math.min(fixed, at), right: Math.max(fixed, at) };
}
