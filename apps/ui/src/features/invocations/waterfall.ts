import type { Nanos } from "@inspector/contract/page";

/** When something was at work. */
export type Span = { readonly from: Nanos; readonly to: Nanos };

/** A stretch of time that is drawn, and where: from `start` to `end`, as parts of the whole width. */
export type Stretch = Span & { readonly start: number; readonly end: number };

/** Where a bar goes, as parts of the whole width. */
export type Bar = { readonly left: number; readonly width: number };

/** Between two stretches. */
const GAP_PART = 0.02;

/** Time without work that is left out: a twentieth of the work in sight, and never less than so much. */
const IDLE_PART = 0.05;
const MIN_IDLE: Nanos = 20e6;

/** The part of the width that all stretches share evenly, so that short ones stay visible beside long ones. */
const EVEN_PART = 0.5;

/**
 * The time axis of the rows in sight: stretches in which something was at work, one after another, with the idle time
 * between them left out.
 */
export function waterfallAxis(spans: readonly Span[]): readonly Stretch[] {
  const busy = mergeSpans(spans, 0);
  const work = busy.reduce((sum, { from, to }) => sum + to - from, 0);
  const stretches = mergeSpans(busy, Math.max(MIN_IDLE, work * IDLE_PART));
  const total = stretches.reduce((sum, { from, to }) => sum + to - from, 0);
  const room = 1 - GAP_PART * (stretches.length - 1);
  if (room <= 0) {
    return mergeAll(spans);
  }
  let start = 0;
  return stretches.map((stretch) => {
    const share = total === 0 ? 1 / stretches.length : (stretch.to - stretch.from) / total;
    const part = (EVEN_PART / stretches.length + (1 - EVEN_PART) * share) * room;
    const end = start + part;
    const placed = { ...stretch, start, end };
    start = end + GAP_PART;
    return placed;
  });
}

/** Where a span is drawn. What lies outside the axis is at its nearest edge. */
export function placeOnAxis(axis: readonly Stretch[], { from, to }: Span): Bar {
  const left = positionOf(axis, from);
  return { left, width: Math.max(0, positionOf(axis, to) - left) };
}

/** The place of a moment on the axis, 0 to 1. */
export function positionOf(axis: readonly Stretch[], at: Nanos): number {
  const stretch = axis.find(({ to }) => at <= to) ?? axis.at(-1);
  if (stretch === undefined) {
    return 0;
  }
  const { from, to, start, end } = stretch;
  const part = to === from ? 0 : Math.min(Math.max(0, (at - from) / (to - from)), 1);
  return start + part * (end - start);
}

/** Overlapping spans, and those less than `idle` apart, as one; ascending. */
function mergeSpans(spans: readonly Span[], idle: Nanos): Span[] {
  const merged: { from: Nanos; to: Nanos }[] = [];
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && from - last.to <= idle) {
      last.to = Math.max(last.to, to);
    } else {
      merged.push({ from, to });
    }
  }
  return merged;
}

function mergeAll(spans: readonly Span[]): readonly Stretch[] {
  const from = Math.min(...spans.map((span) => span.from));
  const to = Math.max(...spans.map((span) => span.to));
  return [{ from, to, start: 0, end: 1 }];
}
