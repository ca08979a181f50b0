import type { InvocationDetail, InvocationRow, Nanos } from "@inspector/contract/page";
import { useSessionState } from "../../shell/data/session-context.ts";
import { useFunctions, useWorkers } from "../../shell/data/workbench-queries.ts";
import { useSessionNow } from "../../shell/page/useSessionNow.ts";
import styles from "../detail/detail.module.css";
import { marksOf, messagesToRead, phasesOf } from "../timing/invocation-phases.ts";
import { Line, PhaseLines } from "../timing/PhaseLines.tsx";
import bars from "../timing/timing.module.css";
import { compareDuration, describePatience, type Mark } from "../timing/timing.ts";
import own from "./pane.module.css";
import { useRowsInSight } from "./useRowsInSight.ts";

/** Where an invocation's time went, and how it compares with the function's other calls. */
export function TimingTab({ detail }: { readonly detail: InvocationDetail }) {
  const { row } = detail;
  const { session } = useSessionState();
  const now = useSessionNow(row.state === "in-flight" || isAnswerHeld(row));
  const streamEndedAt = session?.streams.find(({ id }) => id === row.stream)?.endedAt;
  const marks = useMarks(detail);
  const phases = phasesOf(row, marks, row.state === "lost" ? streamEndedAt : now);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroller has to be reachable by keyboard
    <section className={styles["scroll"]} tabIndex={0} aria-label="Timing">
      <div className={styles["block"]}>
        <h3>Where the time went</h3>
        {phases.length === 0 && <p className={own["sentence"]}>The recording has only one of its messages.</p>}
        <PhaseLines phases={phases} />
        {row.state === "in-flight" && now !== undefined && <Patience row={row} now={now} />}
        <p className={own["sentence"]}>
          Times are those at which messages crossed the inspector: between request and answer everything is the
          worker's, its runtime's waiting included.
          {phases.some(({ isHeld }) => isHeld) &&
            " What you held is yours: neither the duration nor the function's figures count it."}
        </p>
      </div>
      {row.type === "invocation" && row.duration !== undefined && <Comparison row={row} duration={row.duration} />}
    </section>
  );
}

/** How long the host still waits, where that is known. Its clock runs while a message is held, too. */
function Patience({ row, now }: { readonly row: InvocationDetail["row"]; readonly now: Nanos }) {
  const { data } = useWorkers();
  const limit = data?.find(({ stream }) => stream.id === row.stream)?.process?.invocationLimit;
  if (limit === undefined || row.startedAt === undefined || row.type === "step") {
    return null;
  }
  return <p className={own["sentence"]}>{describePatience(Math.max(0, now - row.startedAt), limit)}</p>;
}

function isAnswerHeld(row: InvocationDetail["row"]): boolean {
  return row.type === "invocation" && row.held?.answer !== undefined && row.held.answer.to === undefined;
}

type ComparisonProps = { readonly row: InvocationRow; readonly duration: Nanos };

function Comparison({ row: { stream, functionId, replay }, duration }: ComparisonProps) {
  const { data } = useFunctions();
  const info = data?.find((candidate) => candidate.stream === stream && candidate.functionId === functionId);
  if (info?.p50 === undefined || info.calls < 2) {
    return null;
  }
  const most = Math.max(duration, info.max ?? 0);
  const sentence = compareDuration(duration, info);
  const lines = [
    { label: replay === undefined ? "this call" : "this replay", amount: duration, tone: "busy" },
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
      <div className={bars["timing"]}>
        {lines.map(
          ({ label, amount, tone }) =>
            amount !== undefined && (
              <Line key={label} label={label} left={0} width={amount / (most || 1)} tone={tone} amount={amount} />
            ),
        )}
      </div>
    </div>
  );
}

function useMarks(detail: InvocationDetail): readonly Mark[] {
  const rowOf = useRowsInSight(messagesToRead(detail).map(({ seq }) => seq));
  return marksOf(detail, rowOf);
}
