import type { Nanos } from "@inspector/contract/page";
import { formatCount, formatSpan } from "../../shell/format/time.ts";
import { Figures } from "../../shell/panes/Figures.tsx";
import { spreadOf } from "./latency.ts";
import styles from "./replay.module.css";

const BUCKETS = 24;

/** How the durations of a run are spread. */
export function LatencyBars({ durations }: { readonly durations: readonly Nanos[] }) {
  const spread = spreadOf(durations, BUCKETS);
  if (spread === undefined) {
    return null;
  }
  const { count, p50, p95, max, buckets } = spread;
  const highest = Math.max(...buckets.map((bucket) => bucket.count));
  return (
    <>
      <Figures
        figures={[
          { name: "Answered", value: formatCount(count) },
          { name: "p50", value: formatSpan(p50) },
          { name: "p95", value: formatSpan(p95) },
          { name: "Longest", value: formatSpan(max) },
        ]}
      />
      <div
        className={styles["bars"]}
        role="img"
        aria-label={`Durations from ${formatSpan(Math.min(...durations))} to ${formatSpan(max)}`}
      >
        {buckets.map((bucket) => (
          <i
            key={bucket.from}
            style={{ height: `${(bucket.count / highest) * 100}%` }}
            title={`${bucket.count} from ${formatSpan(bucket.from)} to ${formatSpan(bucket.to)}`}
          />
        ))}
      </div>
    </>
  );
}
