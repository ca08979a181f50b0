import type { Nanos, Overview } from "@inspector/contract/page";

/** Pixels of the break between two stretches of time, where there is room for them. */
export const BREAK_WIDTH = 16;

/** All breaks together take no more of the width than this. */
const BREAKS_PART = 0.2;

/** A stretch of session time and where it is drawn, in pixels. */
export type Segment = {
  readonly from: Nanos;
  readonly to: Nanos;
  readonly left: number;
  readonly right: number;
  readonly firstBucket: number;
  readonly lastBucket: number;
};

/** The stretches side by side over `width` pixels, each as wide as its buckets, with a break between them. */
export function layOutAxis(axis: Overview["axis"], buckets: number, width: number): readonly Segment[] {
  const breaks = Math.max(0, axis.length - 1);
  const gap = Math.min(BREAK_WIDTH, (width * BREAKS_PART) / Math.max(1, breaks));
  const room = Math.max(0, width - gap * breaks);
  let left = 0;
  return axis.map((stretch) => {
    const part = (stretch.lastBucket - stretch.firstBucket + 1) / Math.max(1, buckets);
    const right = left + part * room;
    const segment = { ...stretch, left, right };
    left = right + gap;
    return segment;
  });
}

/** Session time at a pixel; in a break, the nearer end of it. */
export function timeAt(segments: readonly Segment[], x: number): Nanos {
  let nearest = segments[0];
  for (const [index, segment] of segments.entries()) {
    if (x >= ((segments[index - 1]?.right ?? segment.left) + segment.left) / 2) {
      nearest = segment;
    }
  }
  if (nearest === undefined) {
    return 0;
  }
  const { from, to, left, right } = nearest;
  const part = right === left ? 0 : (x - left) / (right - left);
  return from + Math.min(Math.max(0, part), 1) * (to - from);
}

/** The pixel of a moment; of idle time, the middle of its break. */
export function pixelAt(segments: readonly Segment[], at: Nanos): number {
  const [first] = segments;
  const last = segments.at(-1);
  if (first === undefined || last === undefined || at <= first.from) {
    return 0;
  }
  for (const [index, segment] of segments.entries()) {
    if (at < segment.from) {
      return ((segments[index - 1]?.right ?? segment.left) + segment.left) / 2;
    }
    if (at <= segment.to || index === segments.length - 1) {
      const { from, to, left, right } = segment;
      const part = to === from ? 1 : Math.min(1, (at - from) / (to - from));
      return left + part * (right - left);
    }
  }
  return last.right;
}

/** Where a bucket is drawn. */
export function bucketPixels(segment: Segment, bucket: number): { readonly left: number; readonly right: number } {
  const count = segment.lastBucket - segment.firstBucket + 1;
  const width = (segment.right - segment.left) / count;
  const left = segment.left + (bucket - segment.firstBucket) * width;
  return { left, right: left + width };
}

export type AxisLabel = { readonly x: number; readonly text: string };

const STEPS_S = [
  0.001, 0.01, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 86400,
];
const LABEL_PIXELS = 76;

/** Round times along the axis, so far apart that their texts do not touch. */
export function axisLabels(segments: readonly Segment[]): readonly AxisLabel[] {
  const labels: AxisLabel[] = [];
  for (const { from, to, left, right } of segments) {
    const seconds = (to - from) / 1e9;
    const wanted = Math.max(1, (right - left) / (LABEL_PIXELS * 1.6));
    const step = STEPS_S.find((candidate) => seconds / candidate <= wanted) ?? 86_400;
    for (let at = Math.ceil(from / 1e9 / step) * step; at <= to / 1e9; at += step) {
      const x = left + ((at * 1e9 - from) / (to - from || 1)) * (right - left);
      const last = labels.at(-1);
      if (x + 30 > right || (last && x - last.x < LABEL_PIXELS)) {
        continue;
      }
      labels.push({ x, text: formatAxisTime(at, step) });
    }
  }
  return labels;
}

/** Seconds since the session began, with as many parts as the step between labels needs. */
export function formatAxisTime(seconds: number, step: number): string {
  if (step < 1) {
    return `${seconds.toFixed(step < 0.01 ? 3 : step < 0.1 ? 2 : 1)} s`;
  }
  if (seconds < 60) {
    return `${Math.round(seconds)} s`;
  }
  const minutes = Math.floor(seconds / 60);
  const rest = Math.round(seconds - minutes * 60);
  if (minutes < 60) {
    return rest === 0 ? `${minutes} min` : `${minutes}:${rest.toString().padStart(2, "0")}`;
  }
  const hours = Math.floor(minutes / 60);
  return `${hours}:${(minutes - hours * 60).toString().padStart(2, "0")} h`;
}
