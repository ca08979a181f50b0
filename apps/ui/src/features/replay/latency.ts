import type { Nanos } from "@inspector/contract/page";

export type Bucket = { readonly from: Nanos; readonly to: Nanos; readonly count: number };

export type Latency = {
  readonly count: number;
  readonly p50: Nanos;
  readonly p95: Nanos;
  readonly max: Nanos;
  readonly buckets: readonly Bucket[];
};

/** How durations are spread: in equal steps of their logarithm, because latencies differ by factors. Undefined of none. */
export function spreadOf(durations: readonly Nanos[], steps: number): Latency | undefined {
  const sorted = durations.toSorted((a, b) => a - b);
  const [least] = sorted;
  const max = sorted.at(-1);
  if (least === undefined || max === undefined) {
    return undefined;
  }
  const low = Math.log(Math.max(1, least));
  const step = Math.max((Math.log(Math.max(1, max)) - low) / steps, 1e-9);
  const counts = new Array<number>(steps).fill(0);
  for (const duration of sorted) {
    const at = Math.min(steps - 1, Math.floor((Math.log(Math.max(1, duration)) - low) / step));
    counts[at] = (counts[at] ?? 0) + 1;
  }
  const edge = (at: number) => Math.exp(low + at * step);
  const buckets = counts.map((count, at) => ({ from: edge(at), to: edge(at + 1), count }));
  const quantile = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? max;
  return { count: sorted.length, p50: quantile(0.5), p95: quantile(0.95), max, buckets };
}
