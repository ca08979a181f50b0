import type { Nanos } from "@inspector/contract/page";
import { formatPlural } from "../../shell/format/size.ts";
import { formatSpan } from "../../shell/format/time.ts";
import styles from "./functions.module.css";
import { drawSpark } from "./sparkline.ts";

const WIDTH = 100;
const HEIGHT = 16;

/** The newest durations of a function, oldest at the left. */
export function Sparkline({ durations }: { readonly durations: readonly Nanos[] }) {
  if (durations.length === 0) {
    return null;
  }
  const { path, barWidth } = drawSpark(durations, WIDTH, HEIGHT);
  const newest = formatSpan(durations.at(-1) ?? 0);
  return (
    <svg
      className={styles["spark"]}
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={`The newest ${formatPlural(durations.length, "call", "calls")}, the last one took ${newest}`}
    >
      <path d={path} strokeWidth={barWidth} />
    </svg>
  );
}
