import type { ReplayResult } from "@inspector/contract/intervention";
import { isOver, type KnownRun } from "../../shell/data/interventions.ts";
import type { RowStatus } from "../../shell/format/message.ts";
import { formatPlural } from "../../shell/format/size.ts";
import { formatCount, formatSpan } from "../../shell/format/time.ts";

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

type Result = Pick<ReplayResult, "state">;
type Run = Pick<KnownRun, "isEdited" | "times" | "state" | "results" | "isGone">;

/** @param isGone whether its run's hub ended meanwhile */
export function statusOfResult({ state }: Result, isGone = false): RowStatus {
  if (!isGone || isOver({ state })) {
    return STATES[state];
  }
  return { tone: "mute", label: state === "sending" ? "perhaps not sent" : "not followed" };
}

/** Whether the worker answered in time: only such answers are compared. */
export function isAnswered({ state }: Result): boolean {
  return state === "success" || state === "failed" || state === "cancelled";
}

/** The status of a run that is not over. {@link describeRun} says how many of its replays are answered. */
export function statusOfRun({
  times,
  results,
  isWaiting,
}: Pick<KnownRun, "times" | "results" | "isWaiting">): RowStatus {
  const [first] = results;
  if (isWaiting) {
    return { tone: "busy", label: "waiting: others have to leave first" };
  }
  if (times === 1) {
    return first ? statusOfResult(first) : STATES.sending;
  }
  return { tone: "busy", label: `sending ${formatCount(times)}` };
}

export const GONE =
  "The inspector's hub restarted. Replays that were not sent yet were dropped, and answers to those in flight are no longer followed.";

/** What the comparison of a run says. While a run goes on it leaves out "the first of N", which would change with each answer. */
export function describeChanges(changes: ReadonlyMap<number, number>, run: Run): string {
  const { state, results } = run;
  const answered = results.filter(isAnswered).length;
  const unanswered = results.filter((result) => isOver(result) && isSent(result) && !isAnswered(result)).length;
  const isToCome = answered > 0 || countOpen(run) > 0 || (state === "running" && !run.isGone);
  const compared =
    changes.size === 0
      ? `No answer is compared${isToCome ? " yet" : ""}.`
      : describeCompared(changes, state === "running" ? changes.size : answered);
  if (unanswered === 0) {
    return compared;
  }
  const missing = `${formatPlural(unanswered, "replay", "replays")} got no answer.`;
  return answered === 0 ? missing : `${compared} ${missing}`;
}

function describeCompared(changes: ReadonlyMap<number, number>, of: number): string {
  const differing = [...changes.values()].filter((count) => count > 0).length;
  const which = `${changes.size < of ? "the first " : ""}${formatPlural(changes.size, "answer", "answers")}`;
  const compared = changes.size < of ? `${which} of ${formatCount(of)}` : which;
  if (differing === 0) {
    return `${sentence(compared)} compared, all the same as the recorded one.`;
  }
  return `${formatCount(differing)} of ${compared} ${differing === 1 ? "differs" : "differ"} from the recorded one.`;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "edited, 3 of 10 sent, 1 failed; the worker's stream ended: 7 not sent": a run in a line. */
export function describeRun(run: Run): string {
  const { isEdited, times, state, results } = run;
  const sent = results.filter(isSent).length;
  const failed = results.filter((result) => isSent(result) && isOver(result) && result.state !== "success").length;
  const open = countOpen(run);
  const parts = [
    isEdited ? "edited" : "as recorded",
    times > 1 && (sent === times ? `${formatCount(sent)} sent` : `${formatCount(sent)} of ${formatCount(times)} sent`),
    times > 1 && failed > 0 && `${formatCount(failed)} failed`,
    state !== "running" && open > 0 && `${formatCount(open)} still in flight`,
  ];
  return [parts.filter(Boolean).join(", "), describeEnd(run)].filter(Boolean).join("; ");
}

/** Why no more is sent, and of how many that is. */
function describeEnd({ times, state, results, isGone }: Run): string | undefined {
  if (isGone) {
    return "the hub restarted";
  }
  if (state === "running") {
    return undefined;
  }
  const unsent = times - results.filter((result) => result.state !== "not-sent").length;
  const count = times === 1 ? "not sent" : `${formatCount(unsent)} not sent`;
  if (state === "cancelled") {
    return unsent === 0 ? "cancelled" : `cancelled: ${count}`;
  }
  if (unsent === 0) {
    return undefined;
  }
  return results.length < times ? `the worker's stream ended: ${count}` : count;
}

function isSent({ state }: Result): boolean {
  return state !== "sending" && state !== "not-sent";
}

/** Replays that may still be answered. */
export function countOpen({ results, isGone }: Pick<KnownRun, "results" | "isGone">): number {
  return isGone ? 0 : results.filter((result) => !isOver(result)).length;
}

/** What becomes of what was in flight when a run was stopped. */
export function describeOpen(count: number, canCancel: boolean, timeoutMs: number): string {
  const [are, them, they] = count === 1 ? ["is", "it", "it was"] : ["are", "them", "they were"];
  const cancelled = canCancel
    ? `The worker was asked to cancel ${them}`
    : "The worker declares no HandlesInvocationCancelMessage, so it was not asked to cancel";
  const until = `${formatSpan(timeoutMs * 1e6)} after ${they} sent`;
  return `${formatCount(count)} ${are} still in flight. ${cancelled}. The inspector waits for an answer until ${until}.`;
}
