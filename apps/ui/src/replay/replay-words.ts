import type { ReplayResult, ReplayRun } from "@inspector/session";
import type { RowStatus } from "../format/message.ts";

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

/** "edited, 3 of 10 answered": a run in a line. */
export function describeRun({ isEdited, times, state, results }: ReplayRun): string {
  const over = results.filter(isOver).length;
  const failed = results.filter((result) => isOver(result) && result.state !== "success").length;
  const progress = state === "running" ? `${over} of ${times}` : times === 1 ? "" : `${over} sent`;
  const parts = [
    isEdited ? "edited" : "as recorded",
    progress,
    times > 1 && failed > 0 && `${failed} failed`,
    state === "cancelled" && "cancelled",
  ];
  return parts.filter(Boolean).join(", ");
}
