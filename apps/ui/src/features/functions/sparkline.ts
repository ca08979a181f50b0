import type { Nanos } from "@inspector/contract/page";

/** Bars that stand on the bottom of a picture, one a duration, the newest at the right edge. */
export type Spark = {
  /** An SVG path of all bars. */
  readonly path: string;
  readonly barWidth: number;
};

/** Durations that fit: the hub sends no more. */
const SLOTS = 50;
const LEAST_HEIGHT = 1.5;

/**
 * Bars as high as their share of the longest duration. A slot's width is the same for any number of them, so that a
 * picture with few calls does not look like one with many.
 */
export function drawSpark(durations: readonly Nanos[], width: number, height: number): Spark {
  const slot = width / SLOTS;
  const shown = durations.slice(-SLOTS);
  const longest = Math.max(...shown, 1);
  const bars = shown.map((duration, index) => {
    const x = width - (shown.length - index - 0.5) * slot;
    const bar = Math.max(LEAST_HEIGHT, (Math.max(0, duration) / longest) * height);
    return `M${round(x)} ${height}V${round(height - bar)}`;
  });
  return { path: bars.join(""), barWidth: round(slot * 0.65) };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
