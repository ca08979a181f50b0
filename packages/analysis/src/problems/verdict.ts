/** Why a worker died or never became ready, in one sentence. */

import type { Evidence, Verdict } from "@inspector/contract/page";
import { KIND } from "@inspector/proto";
import { formatSpan } from "@inspector/session/limits";
import { cutQuote } from "./collected.ts";
import { type Ended, endedProcesses, isFromOutside, isStopped, signalOf } from "./exits.ts";
import { whyHostEndedIt } from "./host-reasons.ts";
import { noFunctions } from "./no-functions.ts";
import type { ProblemSession } from "./problem-session.ts";
import { describeExit } from "./processes.ts";
import { lastErrorLog, lastWordsIn, tellCause } from "./quotes.ts";
import { isRefused } from "./rules/unknown-worker-id.ts";
import { tellFailure } from "./start-failure.ts";
import { successorOf } from "./successor.ts";
import { died } from "./verdict-end.ts";
import { type Case, START_UP, type StartUpStep, type VerdictWords } from "./verdict-words.ts";
import { evidenceOf, JAVA_SWALLOWS, nameOfKind, nameOfWorker, STEP_REQUEST } from "./words.ts";
import { pendingStep } from "./worker-scene.ts";
import type { WorkerStream } from "./worker-stream.ts";

/** A verdict for each worker that there is something to say about. */
export function findVerdicts(session: ProblemSession): Verdict[] {
  return [
    ...session.streams.flatMap((stream) => {
      const one: Case = { session, stream, process: session.processOf(stream) };
      const words =
        refused(one) ?? wrongStart(one) ?? failedStep(one) ?? overdueStep(one) ?? died(one) ?? noFunctions(one);
      return words === undefined ? [] : [verdict(stream.id, stream.workerId, words)];
    }),
    ...neverConnected(session),
  ];
}

function refused({ session, stream }: Case): VerdictWords | undefined {
  if (!isRefused(session, stream)) {
    return undefined;
  }
  const id = `"${stream.workerId ?? ""}"`;
  return {
    kind: "unknown-worker-id",
    step: "start",
    sentence: session.hasGap(stream.openedAt, stream.endedAt ?? session.now)
      ? `The host ended the call with OK, as it does with a worker whose id (${id}) it does not know; what went before was not all recorded.`
      : `The host does not know the worker id ${id}, so it ended the call with OK right after StartStream.`,
    advice:
      "Pass --functions-worker-id (and --workerId) on exactly as the host gave it to this process, and look whether the worker reaches the host that started it and not another one.",
    evidence: evidenceOf(["start_stream", session.firstMessages.get(stream.id)?.seq]),
  };
}

function wrongStart({ session, stream, process }: Case): VerdictWords | undefined {
  const first = session.firstMessages.get(stream.id);
  if (first === undefined || first.kind === KIND.startStream || stream.isCustomHandler) {
    return undefined;
  }
  if (stream.endedAt === undefined) {
    return undefined;
  }
  if (session.hasGap(stream.openedAt, first.at) || session.steps(stream.id, "init").length > 0) {
    return undefined;
  }
  return {
    kind: "wrong-first-message",
    step: "start",
    sentence: `The worker began with ${nameOfKind(first.kind)} instead of start_stream, ${stream.end?.by === "host" ? "so the host did not take it on" : "and its call ended before the host had asked anything of it"}.`,
    quote: process && lastWordsIn(process, { since: stream.openedAt })?.text,
    advice: "Send start_stream with the worker id from the command line before anything else, logs included.",
    evidence: evidenceOf(["first message", first.seq]),
  };
}

/** A start-up step that was answered with Failure; for loads, when not one function could be loaded. */
function failedStep({ session, stream, process }: Case): VerdictWords | undefined {
  for (const step of START_UP) {
    const rows = session.steps(stream.id, step);
    const failed = rows.find(({ status }) => status === 0);
    const isOver = step === "load" ? rows.every(({ status }) => status === 0) : rows.at(-1)?.status === 0;
    if (failed?.answeredSeq === undefined || !isOver) {
      continue;
    }
    // A placeholder that cannot become the app's worker says so by failing.
    if (step === "reload" && successorOf(session, stream, failed.startedAt ?? stream.openedAt) !== undefined) {
      return undefined;
    }
    const { because, quote, advice } = tellFailure({ session, stream, process }, failed);
    // Functions may fail each for a reason of its own.
    const isShared = rows.every(({ result }) => result === failed.result);
    return {
      kind: `failed-${step}`,
      step,
      sentence: `The ${nameOfWorker(stream)} ${wasUsed(session, stream) ? "did not start as it should" : "never became ready"}: ${FAILED[step]}${isShared ? because : because.replace(/^: /u, "; the first: ")}.`,
      quote,
      advice: advice ?? (quote === undefined ? NO_REASON : FAILED_ADVICE[step]),
      evidence: evidenceOf(["request", failed.startedSeq], ["failure", failed.answeredSeq]),
    };
  }
  return undefined;
}

/** Whether a host has got an answer from a worker in spite of all: "never became ready" would be untrue. */
function wasUsed(session: ProblemSession, { id }: WorkerStream): boolean {
  return session.all("SELECT 1 FROM invocation WHERE stream = ? AND status = 1 LIMIT 1", id).length > 0;
}

const FAILED: Readonly<Record<StartUpStep, string>> = {
  init: "it answered WorkerInit with Failure",
  reload: "it answered the environment reload with Failure",
  index: "it could not list its functions",
  load: "not one of its functions could be loaded",
};

const NO_REASON =
  "The answer says Failure and not why. Look at the worker's log and output around it, and whether the worker sets the result at all: a status that is left out reads as Failure.";

const FAILED_ADVICE: Readonly<Record<StartUpStep, string>> = {
  init: "Correct what the quote names: it ran while the worker prepared the app.",
  reload: "Correct what the quote names: it ran while the worker loaded the app with its new environment.",
  index: "Correct what the quote names: it ran while the app's files were imported or its functions registered.",
  load: "Correct what the quote names: it ran while the functions' files were imported.",
};

/** A start-up step that has had no answer for longer than the host waits, on a stream that is open. */
function overdueStep({ session, stream, process }: Case): VerdictWords | undefined {
  if (stream.endedAt !== undefined || process?.exit !== undefined) {
    return undefined;
  }
  for (const step of START_UP) {
    const row = pendingStep(session, stream, step);
    const limit = session.limitOf(step, stream);
    if (row?.startedAt === undefined || limit === undefined || session.now - row.startedAt <= limit.span) {
      continue;
    }
    const hasGoneOn = session.hasGoneOn(stream.id, step, row.subject, row.startedSeq ?? row.id);
    if (hasGoneOn || session.hasGap(row.startedAt, session.now)) {
      continue;
    }
    const words = process && lastWordsIn(process, { since: row.startedAt });
    const { clause, advice } = tellCause(words, process);
    return {
      kind: `overdue-${step}`,
      step,
      sentence: `The ${nameOfWorker(stream)} has not answered ${STEP_REQUEST[step]} for ${formatSpan(session.now - row.startedAt)}; ${limit.isDefault ? "by default the host" : "the host"} waits ${formatSpan(limit.span)}${clause}.`,
      quote: words?.text ?? lastErrorLog(session, stream, row.startedSeq ?? row.id)?.text,
      advice: advice ?? (stream.runtime === "java" ? `${JAVA_SWALLOWS} ${OVERDUE_ADVICE[step]}` : OVERDUE_ADVICE[step]),
      evidence: evidenceOf(["request", row.startedSeq]),
    };
  }
  return undefined;
}

const WHAT_HANGS =
  "Look at what the app does meanwhile: a connection that never comes about, an endless loop, a debugger that it waits for (--inspect-brk, debugpy --wait-for-client)";

const OVERDUE_ADVICE: Readonly<Record<StartUpStep, string>> = {
  init: `${WHAT_HANGS}. Or raise initializationTimeout in the processOptions of worker.config.json.`,
  reload: `${WHAT_HANGS}. Or raise environmentReloadTimeout in the processOptions of worker.config.json.`,
  index: `${WHAT_HANGS}.`,
  load: `${WHAT_HANGS}.`,
};

/** Processes that ended without a stream of their own. */
function neverConnected(session: ProblemSession): Verdict[] {
  return endedProcesses(session)
    .filter(
      (ended) =>
        ended.stream === undefined &&
        ended.exit.endedByHost !== "stop" &&
        !isStopped(session, ended) &&
        !isUnderOtherName(session, ended),
    )
    .map(({ process, exit }) => {
      const evidence: Evidence[] = [{ label: "process exited", event: exit.event }];
      const name = `Worker ${process.workerId.slice(0, 8)}`;
      if (exit.failure !== undefined) {
        const sentence = `${name} could not be started: ${exit.failure}.`;
        return verdict(0, process.workerId, {
          kind: "not-started",
          step: "start",
          sentence,
          advice: NO_EXECUTABLE,
          evidence,
        });
      }
      const after =
        process.spawnedAt === undefined ? "" : `, ${formatSpan(exit.at - process.spawnedAt)} after it was started`;
      const words = lastWordsIn(process, { since: 0 });
      const host = whyHostEndedIt(session, process);
      if (host === undefined && isFromOutside(exit)) {
        // What it wrote while it started is no reason for somebody else's signal.
        const sentence = `${name} never reached the host: it was ended by ${signalOf(exit)}${after}, by its host, by hand or by the system: nothing recorded says which.`;
        return verdict(0, process.workerId, {
          kind: "never-connected-killed",
          step: "start",
          sentence,
          quote: words?.text,
          advice: WHO_ENDED_IT,
          evidence,
        });
      }
      const { clause, advice } = tellCause(words, process, true);
      const how =
        host === undefined
          ? `its process ended with ${describeExit(exit)}${after}`
          : `the host ended its process${after}: ${host}`;
      return verdict(0, process.workerId, {
        kind: host === undefined ? "never-connected" : "never-connected-ended-by-host",
        step: "start",
        sentence: `${name} never reached the host: ${how}${clause}.`,
        quote: words?.text,
        advice: advice ?? (words === undefined ? RUN_BY_HAND : READ_IT),
        evidence,
      });
    });
}

/** Whether a stream may be this process's under an id of its own: then "never reached the host" would be a guess. */
function isUnderOtherName(session: ProblemSession, { process, exit }: Ended): boolean {
  return session.streams.some(
    ({ openedAt, workerId }) =>
      openedAt >= (process.spawnedAt ?? exit.at) && openedAt <= exit.at && !session.processes.has(workerId ?? ""),
  );
}

const NO_EXECUTABLE =
  "Install it, put its folder on the PATH of the host, or name another one: languageWorkers__<language>__defaultExecutablePath in the environment wins over worker.config.json.";
const WHO_ENDED_IT =
  "Look at the host's log at that time, and for the system's word on it where memory was short (dmesg, docker inspect: OOMKilled). The quote is what it had written until then.";
const RUN_BY_HAND =
  "Run the command that Workers shows by hand, in the app's folder: a missing library or a wrong argument shows there.";
const READ_IT = "Correct what the quote names: it came before the worker connected.";

function verdict(stream: number, workerId: string | undefined, words: VerdictWords): Verdict {
  const { kind, sentence, quote, step, advice, evidence } = words;
  return {
    kind,
    stream,
    ...(workerId !== undefined && { workerId }),
    sentence,
    ...(quote !== undefined && quote !== "" && { quote: cutQuote(quote) }),
    step,
    advice,
    evidence,
  };
}
