import type { ExchangeState, Nanos, Seq } from "@inspector/contract/page";

/** A call that is over, as a point of the plot. */
export type Call = {
  readonly id: Seq;
  readonly at: Nanos;
  readonly duration: Nanos;
  readonly state: ExchangeState;
};

/** The part of a picture that points lie in, in pixels. */
export type PlotArea = { readonly width: number; readonly height: number };

export type PlotPoint = Call & { readonly x: number; readonly y: number };

export type Tick = { readonly at: number; readonly value: Nanos };

export type LatencyPlot = {
  readonly points: readonly PlotPoint[];
  /** Of duration, from the bottom up: powers of ten, because latencies differ by them. */
  readonly rows: readonly Tick[];
  readonly yOf: (duration: Nanos) => number;
  readonly from: Nanos;
  readonly to: Nanos;
};

/** Durations shorter than a microsecond are drawn as one. */
const SHORTEST = 1000;

/** Places calls over time, on a logarithmic scale of whole powers of ten. Undefined where there is none. */
export function plotLatency(calls: readonly Call[], area: PlotArea): LatencyPlot | undefined {
  const [first] = calls;
  if (first === undefined) {
    return undefined;
  }
  let [from, to, low, high] = [first.at, first.at, Number.POSITIVE_INFINITY, SHORTEST];
  for (const { at, duration } of calls) {
    from = Math.min(from, at);
    to = Math.max(to, at);
    low = Math.min(low, Math.max(SHORTEST, duration));
    high = Math.max(high, duration);
  }
  const bottom = Math.floor(Math.log10(low));
  const top = Math.max(bottom + 1, Math.ceil(Math.log10(high)));
  const yOf = (duration: Nanos) => {
    const share = (Math.log10(Math.max(SHORTEST, duration)) - bottom) / (top - bottom);
    return area.height * (1 - Math.min(Math.max(share, 0), 1));
  };
  // One call stands in the middle: nothing is known about a width.
  const xOf = (at: Nanos) => (to === from ? area.width / 2 : ((at - from) / (to - from)) * area.width);
  const points = calls.map((call) => ({ ...call, x: xOf(call.at), y: yOf(call.duration) }));
  const rows = Array.from({ length: top - bottom + 1 }, (_, step) => {
    const value = 10 ** (bottom + step);
    return { at: yOf(value), value };
  });
  return { points, rows, yOf, from, to };
}

/** The point closest to a place in the picture, at most `reach` pixels away. */
export function pointAt(points: readonly PlotPoint[], x: number, y: number, reach: number): PlotPoint | undefined {
  let best: PlotPoint | undefined;
  let least = reach * reach;
  for (const point of points) {
    const distance = (point.x - x) ** 2 + (point.y - y) ** 2;
    if (distance > least) {
      continue;
    }
    least = distance;
    best = point;
  }
  return best;
}

/** The neighbour in time, for arrow keys; the newest where none is chosen. */
export function stepPoint(points: readonly PlotPoint[], from: Seq | undefined, by: 1 | -1): PlotPoint | undefined {
  const index = points.findIndex(({ id }) => id === from);
  if (index < 0) {
    return points.at(-1);
  }
  return points[Math.min(Math.max(0, index + by), points.length - 1)];
}

/** "10 ms": a power of ten has no digits to round. */
export function formatPower(value: Nanos): string {
  if (value < 1e6) {
    return `${value / 1e3} µs`;
  }
  if (value < 1e9) {
    return `${value / 1e6} ms`;
  }
  return `${value / 1e9} s`;
}
