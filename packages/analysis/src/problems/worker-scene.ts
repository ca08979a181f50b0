/** What a worker was doing when it ended. */

import type { Evidence } from "@inspector/contract/page";
import type { StepName, WorkerStep } from "@inspector/session/invocation/worker-step";
import { isBusy } from "./exits.ts";
import type { LostCalls } from "./open-calls.ts";
import type { ProblemSession } from "./problem-session.ts";
import { nearEnd, type Window } from "./quotes.ts";
import { type Case, START_UP, type VerdictWords } from "./verdict-words.ts";
import { evidenceOf, formatBytes, nameOfKind, STEP_REQUEST } from "./words.ts";
import type { CutMessage, WorkerStream } from "./worker-stream.ts";

export type Scene = {
  readonly step: VerdictWords["step"];
  /** The end of a sentence: "while 1 invocation was in flight (hello)". */
  readonly during: string;
  readonly evidence: readonly Evidence[];
  /** Since when what it wrote may be about it. */
  readonly window: Window;
  /** What was in flight: the first of each function. */
  readonly invocations: readonly number[];
  readonly startedSeq: number | undefined;
};

/** Where a worker was in its life, with all that is known to have been under way. */
export function sceneOf({ session, stream, process }: Case): Scene {
  for (const step of START_UP) {
    const row = pendingStep(session, stream, step);
    if (row !== undefined) {
      return {
        step,
        during: `before it had answered ${STEP_REQUEST[step]}`,
        evidence: evidenceOf(["unanswered request", row.startedSeq]),
        window: { since: row.startedAt ?? stream.openedAt },
        invocations: [],
        startedSeq: row.startedSeq,
      };
    }
  }
  if (isBusy(session, stream) || session.openReplays(stream).length > 0) {
    return busyScene(session, stream);
  }
  const evidence = evidenceOf(["start_stream", session.firstMessages.get(stream.id)?.seq]);
  const rest = { evidence, invocations: [], startedSeq: undefined };
  const isKnown = !session.hasGap(stream.openedAt, stream.endedAt ?? session.now);
  const asFarAs = isKnown ? "" : ", as far as was recorded";
  return session.steps(stream.id, "init").length > 0
    ? {
        step: "idle",
        during: `while nothing was in flight${asFarAs}`,
        window: nearEnd(process?.exit?.at ?? stream.endedAt ?? 0),
        ...rest,
      }
    : { step: "start", during: `before the host had asked it to initialise${asFarAs}`, window: { since: 0 }, ...rest };
}

function busyScene(session: ProblemSession, stream: WorkerStream): Scene {
  const calls = session.unanswered(stream);
  const replays = session.openReplays(stream);
  const all = [...calls, ...replays];
  const cut = session.cutMessage(stream);
  const parts = [
    ...(cut === undefined ? [] : [inTheMiddle(session, cut)]),
    ...(all.length === 0 ? [] : [whileInFlight(calls, replays)]),
  ];
  const oldest = session.all(
    "SELECT min(started_at) AS at FROM invocation WHERE id IN (SELECT value FROM json_each(?))",
    JSON.stringify(all.map(({ first }) => first)),
  )[0];
  return {
    step: "invocation",
    during: parts.join(", "),
    evidence: evidenceOf(["cut off", cut?.seq], ["in flight", all[0]?.first]),
    window: typeof oldest?.["at"] === "number" ? { since: oldest["at"] } : nearEnd(stream.endedAt ?? session.now),
    invocations: all.map(({ first }) => first),
    startedSeq: undefined,
  };
}

/** "in the middle of invocation_response of hello, of which 64 KiB of 1.2 MiB had come". */
function inTheMiddle(session: ProblemSession, cut: CutMessage): string {
  const { seq, side, kind, size, functionName, invocationId } = cut;
  const announced = session.events.of("message-cut").find(({ detail }) => detail["message"] === seq)?.detail[
    "announced"
  ];
  const whole = typeof announced === "number" ? ` of ${formatBytes(announced)}` : "";
  const of = functionName ?? invocationId;
  return `in the middle of ${side === 0 ? "the host's " : ""}${nameOfKind(kind)}${of === undefined ? "" : ` of ${of}`}, of which ${formatBytes(size)}${whole} had come`;
}

function whileInFlight(calls: readonly LostCalls[], replays: readonly LostCalls[]): string {
  const countOf = (some: readonly LostCalls[]): number => some.reduce((sum, { count }) => sum + count, 0);
  const what = [formatPlural(countOf(calls), "invocation"), formatPlural(countOf(replays), "replay")];
  const names = [...new Set([...calls, ...replays].map(({ functionName }) => functionName || "an unnamed function"))];
  const shown = `${names.slice(0, 3).join(", ")}${names.length > 3 ? ", …" : ""}`;
  const isOne = countOf([...calls, ...replays]) === 1;
  return `while ${what.filter((one) => one !== "").join(" and ")} ${isOne ? "was" : "were"} in flight (${shown})`;
}

/** "" for none. */
function formatPlural(count: number, one: string): string {
  return count === 0 ? "" : `${count} ${one}${count === 1 ? "" : "s"}`;
}

/** The exchange of a step that has no answer yet. */
export function pendingStep(session: ProblemSession, stream: WorkerStream, step: StepName): WorkerStep | undefined {
  return session.steps(stream.id, step).find((row) => row.startedSeq !== undefined && row.answeredSeq === undefined);
}
