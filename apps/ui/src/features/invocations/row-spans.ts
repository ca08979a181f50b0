import type { HeldSpan, InvocationRow, Nanos, StepRow } from "@inspector/contract/page";
import { formatOffset, formatSpan } from "../../shell/format/time.ts";
import type { Span } from "../timing/waterfall.ts";

/** A part of a row's time, and whose it is: the worker's (for a step, both sides'), or that of who held its request or answer. */
export type RowSpan = Span & { readonly whose: "worker" | "holder" };

type Row = InvocationRow | StepRow;

/** What is known beside the row. */
export type Surroundings = {
  /** The present, or where the recording stands still: until then lasts what is not over. */
  readonly now: Nanos;
  /** When the row's stream ended. */
  readonly streamEndedAt?: Nanos | undefined;
};

/** The time of a row, part by part, ascending. */
export function spansOf(row: Row, surroundings: Surroundings): readonly RowSpan[] {
  const from = row.startedAt ?? row.answeredAt;
  if (from === undefined) {
    return [];
  }
  const to = Math.max(from, row.answeredAt ?? openEnd(row, from, surroundings));
  if (row.type === "step") {
    return stepSpans(row.held ?? [], from, to);
  }
  if (row.held === undefined) {
    return [{ from, to, whose: "worker" }];
  }
  const { request, answer } = row.held;
  const spans: RowSpan[] = [];
  const isHeldNow = row.state === "in-flight" && request !== undefined && request.to === undefined;
  const beganAt = request === undefined ? from : endOf(request, to);
  if (request !== undefined) {
    spans.push({ from: request.from, to: beganAt, whose: "holder" });
  }
  if (request?.isDropped !== true && !isHeldNow && beganAt <= to) {
    spans.push({ from: beganAt, to, whose: "worker" });
  }
  if (answer !== undefined) {
    spans.push({ from: answer.from, to: Math.max(answer.from, endOf(answer, surroundings.now)), whose: "holder" });
  }
  return spans;
}

/** Of a step is the holder's what it stood still for; the rest is both sides'. */
function stepSpans(held: NonNullable<StepRow["held"]>, from: Nanos, to: Nanos): RowSpan[] {
  const spans: RowSpan[] = [];
  let at = from;
  for (const still of held) {
    if (still.from > at) {
      spans.push({ from: at, to: still.from, whose: "worker" });
    }
    spans.push({ ...still, whose: "holder" });
    at = still.to;
  }
  return at < to || spans.length === 0 ? [...spans, { from: at, to: Math.max(at, to), whose: "worker" }] : spans;
}

/** When a row was over; undefined while it is not. */
export function overAt(row: Row, surroundings: Surroundings): Nanos | undefined {
  return row.state === "in-flight" ? undefined : spansOf(row, surroundings).at(-1)?.to;
}

/** A hold whose end is not known lasts until what came next. */
function endOf({ to }: HeldSpan, next: Nanos): Nanos {
  return to ?? next;
}

function openEnd({ state }: Row, from: Nanos, { now, streamEndedAt }: Surroundings): Nanos {
  if (state === "in-flight") {
    return now;
  }
  return state === "lost" || state === "cancelled" ? (streamEndedAt ?? from) : from;
}

/** "12.345 s to 12.845 s · 500 ms in the worker · 3.00 s held by you": what a bar says. */
export function describeSpans(spans: readonly RowSpan[], isOver: boolean): string | undefined {
  const first = spans[0];
  const last = spans.at(-1);
  if (first === undefined || last === undefined) {
    return undefined;
  }
  const held = sumOf(spans, "holder");
  const own = sumOf(spans, "worker");
  const parts = [
    isOver ? `${formatOffset(first.from)} s to ${formatOffset(last.to)} s` : `since ${formatOffset(first.from)} s`,
    own > 0 && `${formatSpan(own)}${held > 0 ? " in the worker" : ""}`,
    held > 0 && `${formatSpan(held)} held by you`,
  ];
  return parts.filter(Boolean).join(" · ");
}

function sumOf(spans: readonly RowSpan[], whose: RowSpan["whose"]): Nanos {
  return spans.filter((span) => span.whose === whose).reduce((sum, { from, to }) => sum + to - from, 0);
}
