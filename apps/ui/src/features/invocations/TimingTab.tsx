import type { InvocationDetail, MessageRow } from "@inspector/contract/page";
import type { CSSProperties } from "react";
import { useFunctions } from "../../shell/data/workbench-queries.ts";
import { formatDelta } from "../../shell/format/time.ts";
import styles from "../detail/detail.module.css";
import own from "./pane.module.css";
import { compareDuration, listPhases, type Mark } from "./timing.ts";
import { useMessageRows } from "./useMessageRows.ts";

/** Where an invocation's time went, and how it compares with the function's other calls. */
export function TimingTab({ detail }: { readonly detail: InvocationDetail }) {
  const { row } = detail;
  const { rows } = useMessageRows(detail.messages);
  const marks = listMarks(detail, rows);
  const start = marks[0]?.at ?? 0;
  const total = (marks.at(-1)?.at ?? start) - start;
  const phases = listPhases(marks);
  const longest = Math.max(...phases.map(({ from, to }) => to - from));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroller has to be reachable by keyboard
    <section className={styles["scroll"]} tabIndex={0} aria-label="Timing">
      <div className={styles["block"]}>
        <h3>Where the time went</h3>
        {phases.length === 0 && <p className={own["sentence"]}>The recording has only one of its messages.</p>}
        <div className={own["timing"]}>
          {phases.map(({ label, from, to, merged }) => (
            <Line
              key={from}
              label={label}
              left={(from - start) / (total || 1)}
              width={(to - from) / (total || 1)}
              tone={merged > 0 ? "quick" : to - from === longest ? "busy" : "good"}
              amount={to - from}
            />
          ))}
        </div>
        <p className={own["sentence"]}>
          Times are those at which messages crossed the inspector: between request and answer everything is the
          worker's, its runtime's waiting included.
        </p>
      </div>
      {row.type === "invocation" && row.duration !== undefined && (
        <Comparison stream={row.stream} functionId={row.functionId} duration={row.duration} />
      )}
    </section>
  );
}

type ComparisonProps = {
  readonly stream: number;
  readonly functionId: string | undefined;
  readonly duration: number;
};

function Comparison({ stream, functionId, duration }: ComparisonProps) {
  const { data } = useFunctions();
  const info = data?.find((candidate) => candidate.stream === stream && candidate.functionId === functionId);
  if (info?.p50 === undefined || info.calls < 2) {
    return null;
  }
  const most = Math.max(duration, info.max ?? 0);
  const sentence = compareDuration(duration, info);
  const lines = [
    { label: "this call", amount: duration, tone: "busy" },
    { label: "median", amount: info.p50, tone: "quick" },
    { label: "95th percentile", amount: info.p95, tone: "quick" },
    { label: "slowest", amount: info.max, tone: "quick" },
  ];
  return (
    <div className={styles["block"]}>
      <h3>
        Among the calls of {info.name}
        <span className={styles["count"]}>{info.calls}</span>
      </h3>
      {sentence !== undefined && <p className={own["sentence"]}>It was {sentence}.</p>}
      <div className={own["timing"]}>
        {lines.map(
          ({ label, amount, tone }) =>
            amount !== undefined && (
              <Line key={label} label={label} left={0} width={amount / most} tone={tone} amount={amount} />
            ),
        )}
      </div>
    </div>
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

function Line({ label, left, width, tone, amount }: LineProps) {
  const place: CSSProperties = { left: `${left * 100}%`, width: `${width * 100}%` };
  return (
    <>
      <span className={own["phase"]}>{label}</span>
      <span aria-hidden>
        <span className={own["track"]}>
          <i data-tone={tone} style={place} />
        </span>
      </span>
      <span className={own["amount"]}>{formatDelta(amount)}</span>
    </>
  );
}

/** What was seen, with a name by which one log differs from another. */
function listMarks({ request, response, cancel, row }: InvocationDetail, rows: readonly MessageRow[]): readonly Mark[] {
  const end = row.answeredAt;
  const during = rows.filter(({ at }) => end === undefined || at <= end);
  return during.map(({ seq, at, text, kind }) => {
    if (seq === request) {
      return { at, label: "request" };
    }
    if (seq === response) {
      return { at, label: "answer" };
    }
    if (seq === cancel) {
      return { at, label: "cancel" };
    }
    return { at, label: text === undefined || text === "" ? kind : `“${shorten(text)}”` };
  });
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
