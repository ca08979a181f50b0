import type { ReplayResult, ReplayRun } from "@inspector/session";
import type { RowStatus } from "../format/message.ts";
import { formatPlural } from "../format/size.ts";
import { formatCount } from "../format/time.ts";

const STATES: Readonly<Record<ReplayResult["state"], RowStatus>> = {
  sending: { tone: "busy", label: "sending" },
  "in-flight": { tone: "busy", label: "in flight" },
  success: { tone: "good", label: "succeeded" },
  failed: { tone: "bad", label: "failed" },
  "timed-out": { tone: "bad", label: "timed out" },
  cancelled: { tone: "warn", label: "cancelled" },
  lost: { tone: "bad", label: "lost: the worker is gone" },
  "not-sent": { tone: "bad", label: "not sent" },
};

export function statusOfResult({ state }: ReplayResult): RowStatus {
  return STATES[state];
}

export function isOver({ state }: ReplayResult): boolean {
  return state !== "sending" && state !== "in-flight";
}

/** Of a run that goes on: what is waited for. How far many are is told by {@link describeRun} and by their figures. */
export function statusOfRun({ times, results }: ReplayRun): RowStatus {
  const [first] = results;
  if (times === 1) return first ? statusOfResult(first) : STATES.sending;
  return { tone: "busy", label: `sending ${formatCount(times)}` };
}

/** What the comparison of a run says, of how many it was made. */
export function describeChanges(changes: ReadonlyMap<number, number>, over: number): string {
  const differing = [...changes.values()].filter((count) => count > 0).length;
  if (changes.size === 0) return "No answer is compared yet.";
  const which = `${changes.size < over ? "the first " : ""}${formatPlural(changes.size, "answer", "answers")}`;
  const compared = changes.size < over ? `${which} of ${formatCount(over)}` : which;
  if (differing === 0) return `${sentence(compared)} compared, all the same as the recorded one.`;
  return `${formatCount(differing)} of ${compared} ${differing === 1 ? "differs" : "differ"} from the recorded one.`;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "edited, 3 of 10 answered": a run in a line. */
export function describeRun({ isEdited, times, state, results }: ReplayRun): string {
  const over = results.filter(isOver).length;
  const failed = results.filter((result) => isOver(result) && result.state !== "success").length;
  const progress =
    state === "running"
      ? `${formatCount(over)} of ${formatCount(times)}`
      : times === 1
        ? ""
        : `${formatCount(over)} sent`;
  const parts = [
    isEdited ? "edited" : "as recorded",
    progress,
    times > 1 && failed > 0 && `${formatCount(failed)} failed`,
    state === "cancelled" && "cancelled",
  ];
  return parts.filter(Boolean).join(", ");
}
