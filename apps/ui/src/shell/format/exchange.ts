import type { ReplayMark } from "@inspector/contract/intervention";
import { type ExchangeState, type InvocationRow, type Nanos, STEP_WORDS, type StepRow } from "@inspector/contract/page";
import type { ExchangeRow } from "../data/session-store.ts";
import { withoutColours } from "./ansi.ts";
import type { RowStatus, Tone } from "./message.ts";
import { formatPlural } from "./size.ts";
import { formatSpan } from "./time.ts";

const STATES: Readonly<Record<ExchangeState, RowStatus>> = {
  "in-flight": { tone: "busy", label: "in flight" },
  success: { tone: "good", label: "succeeded" },
  failed: { tone: "bad", label: "failed" },
  cancelled: { tone: "warn", label: "cancelled" },
  lost: { tone: "bad", label: "lost: the stream ended" },
  dropped: { tone: "warn", label: "dropped: the worker never got it" },
  unknown: { tone: "mute", label: "not known" },
};

/** How an invocation or step stands, in a word or two. `now` is nanoseconds since the session began, where there is a present. */
export function statusOfExchange(row: ExchangeRow, now?: Nanos): RowStatus {
  const { tone } = STATES[row.state];
  if (isRequestHeld(row)) {
    return { tone: "held", label: heldLabel(row, now) };
  }
  if (row.state === "in-flight") {
    return { tone, label: runningLabel(row, now) };
  }
  return row.type === "step" ? stepStatus(row) : invocationStatus(row);
}

/** Somebody holds its request now: the worker has nothing of it, and its time does not run. */
export function isRequestHeld(row: ExchangeRow): row is InvocationRow {
  return (
    row.type === "invocation" &&
    row.state === "in-flight" &&
    row.held?.request !== undefined &&
    row.held.request.to === undefined
  );
}

function heldLabel({ held }: InvocationRow, now: Nanos | undefined): string {
  const since = now === undefined || held?.request === undefined ? 0 : now - held.request.from;
  return since > 0 ? `held ${formatSpan(since)}` : "held";
}

/** Without a present, in a file, nobody knows for how long. */
function runningLabel(row: ExchangeRow, now: Nanos | undefined): string {
  const word = row.type === "invocation" && row.cancelledAt !== undefined ? "cancelling" : "in flight";
  const from = (row.type === "invocation" ? row.held?.request?.to : undefined) ?? row.startedAt;
  const since = now === undefined || from === undefined ? 0 : now - from;
  return since > 0 ? `${word} ${formatSpan(since)}` : word;
}

/** What an invocation answered: an HTTP status as it is, another value only by name, for it may be anything. */
function invocationStatus({ state, result, httpStatus }: InvocationRow): RowStatus {
  const { tone, label } = STATES[state];
  if (state === "success") {
    return httpStatus === undefined ? { tone, label } : { tone: httpTone(httpStatus), label: String(httpStatus) };
  }
  return state === "failed" ? { tone, label: saidOf(result) ?? label } : { tone, label };
}

/** What something said of itself; undefined where that has nothing to see. */
export function saidOf(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === "" ? undefined : withoutColours(text);
}

/** How an HTTP status looks, wherever it stands. */
export function httpTone(status: number): Tone {
  if (status >= 500) {
    return "bad";
  }
  return status >= 400 ? "warn" : "good";
}

/** What is special about an invocation, beside how it stands. */
export type Tag = {
  readonly text: string;
  readonly title: string;
  readonly tone: "mute" | "warn" | "bad" | "own" | "held";
};

export function tagsOf(row: InvocationRow): Tag[] {
  const tags: (Tag | false)[] = [
    row.replay !== undefined && replayTag(row.replay),
    ...heldTags(row),
    row.isAnsweredHere === true && {
      text: "answered here",
      title: "The inspector answered in the worker's place, which knows nothing of it",
      tone: "held",
    },
    row.retryCount !== undefined &&
      row.retryCount > 0 && {
        text: `retry ${row.retryCount}`,
        title: "The host tries a failed invocation again",
        tone: "mute",
      },
    row.attempt > 1 && { text: `use ${row.attempt} of id`, title: "This invocation id was used before", tone: "warn" },
    row.lateLogs > 0 && {
      text: `${formatPlural(row.lateLogs, "log", "logs")} dropped`,
      title: "Logs behind the answer: the host drops them",
      tone: "warn",
    },
    row.extraAnswers > 0 && {
      text: `${row.extraAnswers + 1} answers`,
      title: "Only the first answer counts",
      tone: "warn",
    },
    row.isOrphan === true && { text: "no request", title: "Its request was not seen", tone: "warn" },
    row.cancelledAt !== undefined &&
      row.state !== "cancelled" && { text: "cancel sent", title: "The host asked to cancel it", tone: "warn" },
  ];
  return tags.filter((tag): tag is Tag => tag !== false);
}

function heldTags({ held, isAnsweredHere }: InvocationRow): Tag[] {
  const { request, answer } = held ?? {};
  const tags: (Tag | false)[] = [
    request?.to !== undefined &&
      request.isDropped !== true && {
        text: `held ${formatSpan(request.to - request.from)}`,
        title: "Its request was held for so long before the worker got it: its duration leaves that out",
        tone: "held",
      },
    request?.isDropped === true &&
      isAnsweredHere !== true && {
        text: "request dropped",
        title: "Its request was held and never went on: the worker knows nothing of it, and the host waits",
        tone: "held",
      },
    answer !== undefined &&
      (answer.isDropped === true
        ? { text: "answer dropped", title: "The worker answered, and the host never got it", tone: "held" }
        : {
            text: answer.to === undefined ? "answer held" : `answer held ${formatSpan(answer.to - answer.from)}`,
            title: "The worker had answered by then",
            tone: "held",
          }),
  ];
  return tags.filter((tag): tag is Tag => tag !== false);
}

function replayTag({ isEdited, n }: ReplayMark): Tag {
  const which = n > 1 ? ` ${n}` : "";
  return {
    text: `${isEdited ? "edited replay" : "replay"}${which}`,
    title: "The inspector sent it: the host knows nothing of it",
    tone: "own",
  };
}

/** The name in the first column of words: the function's, or what the worker did. */
export function nameOfExchange(row: ExchangeRow): string {
  if (row.type === "step") {
    return STEP_WORDS[row.step];
  }
  return row.functionName ?? row.functionId ?? row.invocationId.slice(0, 8);
}

/** A step that says who connected says so by an id that nobody reads. */
function stepStatus({ step, state, text }: StepRow): RowStatus {
  const { tone, label } = STATES[state];
  if (step === "start" && state === "success") {
    return { tone, label: "StartStream" };
  }
  // What it says then is what was asked for.
  if (state === "lost") {
    return { tone, label: "never answered" };
  }
  return { tone, label: saidOf(text) ?? label };
}

/** Bytes of a row's messages, as far as they are known. */
export function sizeOfExchange(row: ExchangeRow): number {
  return row.type === "step" ? row.size : (row.requestSize ?? 0) + (row.responseSize ?? 0);
}
