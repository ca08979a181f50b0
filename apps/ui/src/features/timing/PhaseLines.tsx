import type { Nanos } from "@inspector/contract/page";
import { type CSSProperties, Fragment, useRef } from "react";
import { formatDelta, formatSpan } from "../../shell/format/time.ts";
import { useWidth } from "../../shell/page/useWidth.ts";
import type { TimingPhase } from "./invocation-phases.ts";
import styles from "./timing.module.css";
import { axisTicks } from "./waterfall.ts";

/** What a label of the scale takes, in pixels, and the least share of the track that lies between two. */
const LABEL_WIDTH = 56;
const LABEL_PART = 0.24;

type PhaseLinesProps = {
  readonly phases: readonly TimingPhase[];
  /** What the width of the track stands for, where that is more than these phases take. */
  readonly scale?: Nanos;
};

/** A bar for each part of an invocation's time. */
export function PhaseLines({ phases, scale }: PhaseLinesProps) {
  const start = phases[0]?.from ?? 0;
  const total = (phases.at(-1)?.to ?? start) - start;
  const width = Math.max(scale ?? 0, total) || 1;
  const longest = Math.max(...phases.map(({ from, to }) => to - from));
  return (
    <div className={styles["timing"]}>
      {total > 0 && <Scale scale={width} total={total} />}
      {phases.map(({ label, from, to, merged, isOpen, isHeld }) => (
        <Line
          key={`${from} ${label}`}
          label={label}
          left={(from - start) / width}
          width={(to - from) / width}
          tone={isHeld ? "held" : isOpen ? "open" : merged > 0 ? "quick" : to - from === longest ? "busy" : "good"}
          amount={to - from}
        />
      ))}
    </div>
  );
}

type ScaleProps = { readonly scale: Nanos; readonly total: Nanos };

/** The scale of all bars below it. */
function Scale({ scale, total }: ScaleProps) {
  const track = useRef<HTMLSpanElement>(null);
  const width = useWidth(track);
  const part = width === 0 ? LABEL_PART : Math.max(LABEL_PART, LABEL_WIDTH / width);
  const ticks = axisTicks([{ from: 0, to: scale, start: 0, end: 1 }], part);
  return (
    <Fragment>
      <span />
      <span ref={track} aria-hidden className={styles["scale"]}>
        {ticks.map(({ at, label }) => (
          <small key={at} style={{ left: `${at * 100}%` }}>
            {label}
          </small>
        ))}
      </span>
      <span className={styles["amount"]}>{formatSpan(total)}</span>
    </Fragment>
  );
}

type LineProps = {
  readonly label: string;
  /** `left` and `width` are parts of the track, from 0 to 1. */
  readonly left: number;
  readonly width: number;
  readonly tone: string;
  readonly amount: number;
};

export function Line({ label, left, width, tone, amount }: LineProps) {
  const place: CSSProperties = { left: `${left * 100}%`, width: `${width * 100}%` };
  return (
    <>
      <span className={styles["phase"]}>{label}</span>
      <span aria-hidden>
        <span className={styles["track"]}>
          <i data-tone={tone} style={place} />
        </span>
      </span>
      <span className={styles["amount"]}>{formatDelta(amount)}</span>
    </>
  );
}
