import type { InvocationDetail, InvocationRow, MessageRow, Nanos, Seq } from "@inspector/contract/page";
import { type CSSProperties, Fragment } from "react";
import { useSessionState } from "../../shell/data/session-context.ts";
import { useFunctions, useWorkers } from "../../shell/data/workbench-queries.ts";
import { formatDelta, formatSpan } from "../../shell/format/time.ts";
import { useSessionNow } from "../../shell/page/useSessionNow.ts";
import styles from "../detail/detail.module.css";
import own from "./pane.module.css";
import {
  compareDuration,
  describePatience,
  listPhases,
  type Mark,
  openPhase,
  type Phase,
  placesToRead,
} from "./timing.ts";
import { useRowsInSight } from "./useRowsInSight.ts";
import { axisTicks } from "./waterfall.ts";

/** How often the clock of what is in flight moves. */
const CLOCK_MS = 200;
const IDLE_CLOCK_MS = 5000;

/** The share of the track that a label of its scale takes. */
const LABEL_PART = 0.24;

/** Where an invocation's time went, and how it compares with the function's other calls. */
export function TimingTab({ detail }: { readonly detail: InvocationDetail }) {
  const { row } = detail;
  const { session } = useSessionState();
  const now = useSessionNow(row.state === "in-flight" || isAnswerHeld(row) ? CLOCK_MS : IDLE_CLOCK_MS);
  const streamEndedAt = session?.streams.find(({ id }) => id === row.stream)?.endedAt;
  const marks = useMarks(detail);
  const phases = phasesOf(row, marks, row.state === "lost" ? streamEndedAt : now);
  const start = phases[0]?.from ?? 0;
  const total = (phases.at(-1)?.to ?? start) - start;
  const longest = Math.max(...phases.map(({ from, to }) => to - from));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroller has to be reachable by keyboard
    <section className={styles["scroll"]} tabIndex={0} aria-label="Timing">
      <div className={styles["block"]}>
        <h3>Where the time went</h3>
        {phases.length === 0 && <p className={own["sentence"]}>The recording has only one of its messages.</p>}
        <div className={own["timing"]}>
          {total > 0 && <Scale total={total} />}
          {phases.map(({ label, from, to, merged, isOpen, isHeld }) => (
            <Line
              key={`${from} ${label}`}
              label={label}
              left={(from - start) / (total || 1)}
              width={(to - from) / (total || 1)}
              tone={isHeld ? "held" : isOpen ? "open" : merged > 0 ? "quick" : to - from === longest ? "busy" : "good"}
              amount={to - from}
            />
          ))}
        </div>
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

type TimingPhase = Phase & { readonly isHeld?: true };

/** @param end the present, or when the stream ended that an answer would have come by */
function phasesOf(
  row: InvocationDetail["row"],
  marks: readonly Mark[],
  end: Nanos | undefined,
): readonly TimingPhase[] {
  const { request, answer } = (row.type === "invocation" && row.held) || {};
  const phases: TimingPhase[] = [];
  if (request !== undefined) {
    const label = request.to === undefined ? "request held by you" : "request held by you, then let go";
    const to = request.to ?? row.answeredAt ?? end ?? request.from;
    phases.push({
      label: request.isDropped ? "request held by you, and dropped" : label,
      from: request.from,
      to,
      merged: 0,
      isHeld: true,
    });
  }
  // The worker has it from when it went on; of one that never did it has nothing.
  const began = request?.to;
  if (request === undefined || (began !== undefined && request.isDropped !== true)) {
    const own = began === undefined ? marks : marks.map((mark) => ({ ...mark, at: Math.max(mark.at, began) }));
    phases.push(...listPhases(own));
    const last = own.at(-1);
    const isOpen = row.state === "in-flight" || row.state === "lost";
    if (isOpen && last !== undefined && end !== undefined) {
      phases.push(
        row.state === "lost" ? { ...openPhase(last, end), label: "until the stream ended" } : openPhase(last, end),
      );
    }
  }
  if (answer !== undefined) {
    const label = answer.isDropped ? "answer held by you, and dropped" : "answer held by you";
    phases.push({ label, from: answer.from, to: answer.to ?? end ?? answer.from, merged: 0, isHeld: true });
  }
  return phases;
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
      <div className={own["timing"]}>
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

/** The scale of all bars below it. */
function Scale({ total }: { readonly total: Nanos }) {
  const ticks = axisTicks([{ from: 0, to: total, start: 0, end: 1 }], LABEL_PART);
  return (
    <Fragment>
      <span />
      <span aria-hidden className={own["scale"]}>
        {ticks.map(({ at, label }) => (
          <small key={at} style={{ left: `${at * 100}%` }}>
            {label}
          </small>
        ))}
      </span>
      <span className={own["amount"]}>{formatSpan(total)}</span>
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

/** What was seen until the answer, with a name by which one log differs from another. */
function useMarks({ request, response, cancel, messages, pauses, row }: InvocationDetail): readonly Mark[] {
  const places = placesToRead(
    messages.length,
    pauses.map((seq) => messages.indexOf(seq)),
  );
  const wanted = places.flatMap((index) => messages[index] ?? []);
  const rowOf = useRowsInSight(wanted);
  const end = row.answeredAt;
  return places.flatMap((index): Mark[] => {
    const message = rowOf(messages[index] ?? 0);
    if (message === undefined || (end !== undefined && message.at > end)) {
      return [];
    }
    return [{ at: message.at, label: labelOf(message, { request, response, cancel }), index }];
  });
}

type Ends = { readonly [name in "request" | "response" | "cancel"]: Seq | undefined };

function labelOf({ seq, text, kind }: MessageRow, { request, response, cancel }: Ends): string {
  switch (seq) {
    case request:
      return "request";
    case response:
      return "answer";
    case cancel:
      return "cancel";
    default:
      return text === undefined || text === "" ? kind : `“${shorten(text)}”`;
  }
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
