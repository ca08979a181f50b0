/** Why a worker died or never became ready, in one sentence. */

import type { Evidence, Verdict } from "@inspector/contract/page";
import { KIND } from "@inspector/proto";
import type { StepName, WorkerStep } from "@inspector/session/invocation/worker-step";
import { formatSpan, limitOf } from "@inspector/session/limits";
import { cutQuote } from "./collected.ts";
import type { LostCalls, ProblemSession } from "./problem-session.ts";
import { describeExit, lastWords, type ProcessExit, type WorkerProcess } from "./processes.ts";
import { endedProcesses, isErrorExit, isStopped } from "./rules/process-exit.ts";
import { nameOfStatus, unexpectedEnd } from "./rules/stream-end.ts";
import { isRefused } from "./rules/unknown-worker-id.ts";
import { evidenceOf, nameOfKind, nameOfWorker, quoteResult, resultOf, STEP_REQUEST } from "./words.ts";
import type { WorkerStream } from "./worker-stream.ts";

type Step = Verdict["step"];

/** What is known of a worker's end, as far as it got. */
type Case = {
  readonly session: ProblemSession;
  readonly stream: WorkerStream;
  readonly process: WorkerProcess | undefined;
};

const START_UP = ["init", "reload", "index", "load"] as const satisfies readonly StepName[];

/** A verdict for each worker that there is something to say about. */
export function findVerdicts(session: ProblemSession): Verdict[] {
  return [
    ...session.streams.flatMap((stream) => {
      const one: Case = { session, stream, process: session.processOf(stream) };
      return refused(one) ?? wrongStart(one) ?? failedStep(one) ?? overdueStep(one) ?? died(one) ?? [];
    }),
    ...neverConnected(session),
  ];
}

function refused({ session, stream }: Case): Verdict | undefined {
  if (!isRefused(session, stream)) {
    return undefined;
  }
  return verdict(stream, "start", {
    sentence: `The host does not know the worker id "${stream.workerId ?? ""}", so it ended the call with OK right after StartStream.`,
    evidence: evidenceOf(["start_stream", session.firstMessages.get(stream.id)?.seq]),
  });
}

function wrongStart({ session, stream, process }: Case): Verdict | undefined {
  const first = session.firstMessages.get(stream.id);
  if (first === undefined || first.kind === KIND.startStream || stream.endedAt === undefined) {
    return undefined;
  }
  if (session.hasGap(stream.openedAt, first.at) || session.steps(stream.id, "init").length > 0) {
    return undefined;
  }
  return verdict(stream, "start", {
    sentence: `The worker began with ${nameOfKind(first.kind)} instead of start_stream, so the host did not take it on.`,
    quote: process && lastWords(process),
    evidence: evidenceOf(["first message", first.seq]),
  });
}

/** A start-up step that was answered with Failure; for loads, when not one function could be loaded. */
function failedStep({ session, stream }: Case): Verdict | undefined {
  for (const step of START_UP) {
    const rows = session.steps(stream.id, step);
    const failed = rows.find(({ status }) => status === 0);
    const isOver = step === "load" ? rows.every(({ status }) => status === 0) : rows.at(-1)?.status === 0;
    if (failed?.answeredSeq === undefined || !isOver) {
      continue;
    }
    const quote = quoteResult(resultOf(session.content(failed.answeredSeq))) ?? failed.result;
    return verdict(stream, step, {
      sentence: `The ${nameOfWorker(stream)} never became ready: ${FAILED[step]}.`,
      quote,
      evidence: evidenceOf(["request", failed.startedSeq], ["failure", failed.answeredSeq]),
    });
  }
  return undefined;
}

const FAILED: Readonly<Record<(typeof START_UP)[number], string>> = {
  init: "it answered WorkerInit with Failure",
  reload: "it answered the environment reload with Failure",
  index: "it could not list its functions",
  load: "not one of its functions could be loaded",
};

/** A start-up step that has had no answer for longer than the host waits, on a stream that is open. */
function overdueStep({ session, stream, process }: Case): Verdict | undefined {
  if (stream.endedAt !== undefined || process?.exit !== undefined) {
    return undefined;
  }
  for (const step of START_UP) {
    const row = pendingStep(session, stream, step);
    const limit = limitOf(step, stream.runtime);
    if (row?.startedAt === undefined || limit === undefined || session.now - row.startedAt <= limit) {
      continue;
    }
    if (session.hasGap(row.startedAt, session.now)) {
      continue;
    }
    return verdict(stream, step, {
      sentence: `The ${nameOfWorker(stream)} has not answered ${STEP_REQUEST[step]} for ${formatSpan(session.now - row.startedAt)}; the host waits ${formatSpan(limit)}.`,
      quote: process && lastWords(process),
      evidence: evidenceOf(["request", row.startedSeq]),
    });
  }
  return undefined;
}

function died(one: Case): Verdict | undefined {
  const { session, stream, process } = one;
  const { step, during, evidence } = whereItWas(one);
  const sentence = howItDied(one, during, step === "idle");
  if (sentence === undefined) {
    return undefined;
  }
  const exit = process?.exit;
  return verdict(stream, step, {
    sentence,
    quote: (process && lastWords(process)) ?? stream.end?.grpcMessage ?? hostReason(session, stream),
    evidence: [...evidence, ...(exit === undefined ? [] : [{ label: "process exited", event: exit.event }])],
  });
}

/**
 * undefined for a worker that lives, and for one that was stopped in order. Hosts often end idle workers by ending their
 * connections, so that alone is no death.
 */
function howItDied(one: Case, during: string, isIdle: boolean): string | undefined {
  const { session, stream, process } = one;
  const worker = `the ${nameOfWorker(stream)}`;
  const end = unexpectedEnd(session, stream);
  if (process?.exit !== undefined) {
    return howItExited(one, process, process.exit, during);
  }
  switch (end) {
    case "clean":
      return `The call of ${worker} was ended with OK, which workers take for the end of their work, ${during}.`;
    case "status":
      return `The host ended the call of ${worker} with gRPC status ${nameOfStatus(stream.end?.grpcStatus)} ${during}.`;
    case "reset":
      return `The ${stream.end?.by} cancelled the call of ${worker} ${during}.`;
    case "lost":
      if (isIdle) {
        return undefined;
      }
      return stream.end?.by === "host"
        ? `The host broke the connection of ${worker} ${during}.`
        : `The connection of ${worker} closed ${during}.`;
    default:
      return undefined;
  }
}

function howItExited(
  { session, stream }: Case,
  process: WorkerProcess,
  exit: ProcessExit,
  during: string,
): string | undefined {
  const worker = `The ${nameOfWorker(stream)}`;
  if (isErrorExit(exit)) {
    if (isStopped(session, { process, exit, stream })) {
      return undefined;
    }
    return exit.signal === undefined
      ? `${worker} ended with ${describeExit(exit)} ${during}.`
      : `${worker} was ended by ${exit.signal} ${during}.`;
  }
  const end = unexpectedEnd(session, stream);
  if (exit.code !== 0 || (end !== "clean" && end !== "lost")) {
    return undefined;
  }
  const cause = end === "clean" ? ", because the host's side ended the call with OK," : "";
  return `${worker} exited with code 0${cause} ${during}; after code 0 the host starts no other one.`;
}

/** What a worker was doing when it ended. */
function whereItWas({ session, stream }: Case): { step: Step; during: string; evidence: Evidence[] } {
  for (const step of START_UP) {
    const row = pendingStep(session, stream, step);
    if (row !== undefined) {
      const during = `before it had answered ${STEP_REQUEST[step]}`;
      return { step, during, evidence: evidenceOf(["unanswered request", row.startedSeq]) };
    }
  }
  const calls = session.unanswered(stream);
  const replays = session.openReplays(stream);
  const [first] = [...calls, ...replays];
  if (first !== undefined) {
    return {
      step: "invocation",
      during: whileInFlight(calls, replays),
      evidence: evidenceOf(["in flight", first.first]),
    };
  }
  const evidence = evidenceOf(["start_stream", session.firstMessages.get(stream.id)?.seq]);
  const isStarted = session.steps(stream.id, "init").length > 0;
  return isStarted
    ? { step: "idle", during: "while nothing was in flight", evidence }
    : { step: "start", during: "before the host had asked it to initialise", evidence };
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

function pendingStep(session: ProblemSession, stream: WorkerStream, step: StepName): WorkerStep | undefined {
  return session.steps(stream.id, step).find((row) => row.startedSeq !== undefined && row.answeredSeq === undefined);
}

/** Why a host of ours says it gave the worker up. */
function hostReason(session: ProblemSession, stream: WorkerStream): string | undefined {
  const event = session.events.of("host-worker-failed").find(({ detail }) => detail["workerId"] === stream.workerId);
  return event === undefined ? undefined : String(event.detail["reason"] ?? "");
}

/** Processes that ended without a stream of their own. */
function neverConnected(session: ProblemSession): Verdict[] {
  return endedProcesses(session)
    .filter(({ stream }) => stream === undefined)
    .map(({ process, exit }) => {
      const after =
        process.spawnedAt === undefined ? "" : `, ${formatSpan(exit.at - process.spawnedAt)} after it was started`;
      const quote = lastWords(process);
      return {
        stream: 0,
        sentence: `Worker ${process.workerId.slice(0, 8)} never reached the host: its process ended with ${describeExit(exit)}${after}.`,
        ...(quote !== undefined && { quote: cutQuote(quote) }),
        step: "start" as const,
        evidence: [{ label: "process exited", event: exit.event }],
      };
    });
}

function verdict(
  { id }: WorkerStream,
  step: Step,
  words: { readonly sentence: string; readonly quote?: string | undefined; readonly evidence: readonly Evidence[] },
): Verdict {
  const { sentence, quote, evidence } = words;
  return {
    stream: id,
    sentence,
    ...(quote !== undefined && quote !== "" && { quote: cutQuote(quote) }),
    step,
    evidence,
  };
}
