import type { Nanos } from "@inspector/contract/page";
import { STEP_NAMES, type StepName, type WorkerStep } from "@inspector/session/invocation/worker-step";
import { formatSpan, limitOf, type StepLimit } from "@inspector/session/limits";
import { proxyOf } from "../cause/causes.ts";
import { isStopped } from "../exits.ts";
import type { ProblemSession } from "../problem-session.ts";
import { lastWords } from "../quotes.ts";
import type { Finding, Rule, Severity } from "../rule.ts";
import { successorOf } from "../successor.ts";
import { evidenceOf, JAVA_SWALLOWS, lowerFirst, nameOfWorker, STEP_REQUEST } from "../words.ts";
import type { WorkerStream } from "../worker-stream.ts";
import { isRefused } from "./unknown-worker-id.ts";

const LIMITED = STEP_NAMES.filter((step) => limitOf(step, undefined) !== undefined);

const CONSEQUENCE: Partial<Record<StepName, string>> = {
  load: "The host takes the function for one that failed to load, and fails every invocation of it.",
  index: "The host goes on without functions of this worker.",
  warmup: "The host goes on without the warm-up.",
};
const GIVEN_UP = "The host gives the worker up: it ends the process, counts an error and starts another one.";

const ADVICE: Partial<Record<StepName, string>> = {
  start:
    "Look at what the process does before it connects: its output, a debugger it waits for, a port it cannot reach.",
  init: "Look at what runs while the app is loaded: imports, start hooks, connections. Or raise initializationTimeout in worker.config.json.",
  reload: "Look at what runs while the app is loaded. Or raise environmentReloadTimeout in worker.config.json.",
  load: "Look at what the function's file does when it is imported.",
  index: "Look at what runs while functions are registered.",
};

/** "the host waits 10 s", "the host's default is 10 s". */
function describeLimit({ span, isDefault }: StepLimit): string {
  return isDefault ? `the host's default is ${formatSpan(span)}` : `the host waits ${formatSpan(span)}`;
}

/** What follows from the limits that hosts have by default, where this one's are not known. */
function consequenceOf(step: StepName, { isDefault }: StepLimit): string {
  const consequence = CONSEQUENCE[step] ?? GIVEN_UP;
  return isDefault ? `Where the host has its defaults: ${lowerFirst(consequence)}` : consequence;
}

const WENT_ON = "The host went on with it all the same, so it waits for longer than that.";

/** An answer that came, but later than the host waits for it. */
export const lateStep: Rule = {
  id: "late-step",
  severity: "error",
  review: (session) =>
    eachStep(session, (stream, step, row) => {
      const limit = session.limitOf(step, stream);
      const began = step === "start" ? startOf(session, stream) : row.startedAt;
      if (limit === undefined || began === undefined || row.answeredAt === undefined || row.answeredSeq === undefined) {
        return undefined;
      }
      const took = row.answeredAt - began;
      if (took <= limit.span) {
        return undefined;
      }
      const hasGoneOn = session.hasGoneOn(stream.id, step, row.subject, row.answeredSeq);
      return {
        at: row.answeredAt,
        severity: hasGoneOn ? "info" : limit.isDefault ? "warning" : "error",
        isUncertain: session.hasGap(began, row.answeredAt),
        title: `The answer to ${STEP_REQUEST[step]} took ${formatSpan(took)}; ${describeLimit(limit)}`,
        consequence: hasGoneOn ? WENT_ON : consequenceOf(step, limit),
      };
    }),
};

/** A request of the host that the worker never answered: its stream ended, or the host's patience did. */
export const unansweredStep: Rule = {
  id: "unanswered-step",
  severity: "error",
  review: (session) =>
    eachStep(session, (stream, step, row) => {
      if (row.answeredAt !== undefined || row.startedAt === undefined || row.startedSeq === undefined) {
        return undefined;
      }
      if (session.otherHalf(stream, row) !== undefined) {
        return undefined;
      }
      const limit = session.limitOf(step, stream) ?? { span: 0, isDefault: true };
      const until = stream.endedAt ?? session.now;
      const waited = Math.max(until - row.startedAt, 0);
      const isLate = waited > limit.span;
      if (stream.endedAt === undefined && !isLate) {
        return undefined;
      }
      const judged = isLate
        ? overdue(session, stream, step, row, waited, limit)
        : endedFirst(session, stream, step, waited);
      return { at: until, isUncertain: session.hasGap(row.startedAt, until), ...judged };
    }),
};

function overdue(
  session: ProblemSession,
  stream: WorkerStream,
  step: StepName,
  row: WorkerStep,
  waited: Nanos,
  limit: StepLimit,
): Pick<Judged, "severity" | "title" | "consequence"> {
  const request = capital(STEP_REQUEST[step]);
  const hasGoneOn = session.hasGoneOn(stream.id, step, row.subject, row.startedSeq ?? row.id);
  return {
    severity: hasGoneOn ? "info" : limit.isDefault ? "warning" : "error",
    title: limit.isDefault
      ? `${request} has had no answer for ${formatSpan(waited)}; ${describeLimit(limit)}`
      : `${request} was not answered within ${formatSpan(limit.span)}, which is all the host waits`,
    consequence: hasGoneOn ? WENT_ON : consequenceOf(step, limit),
  };
}

function endedFirst(
  session: ProblemSession,
  stream: WorkerStream,
  step: StepName,
  waited: Nanos,
): Pick<Judged, "severity" | "title" | "consequence"> {
  const process = session.processOf(stream);
  const isExpected =
    session.terminatedAt(stream.id) !== undefined ||
    session.endedWithRelay(stream) ||
    (process?.exit !== undefined && isStopped(session, { process, exit: process.exit, stream }));
  const successor = step === "reload" ? successorOf(session, stream, stream.openedAt) : undefined;
  if (successor !== undefined) {
    return {
      severity: "info",
      title: `${capital(STEP_REQUEST[step])} had no answer when the stream ended, ${formatSpan(waited)} later; another worker took its place`,
      consequence: `The host started the ${nameOfWorker(successor)}, which became ready.`,
    };
  }
  return {
    severity: isExpected ? "warning" : "error",
    title: `${capital(STEP_REQUEST[step])} had no answer when the stream ended, ${formatSpan(waited)} later`,
    consequence: isExpected
      ? "The worker was stopped before it had answered."
      : "The worker was gone before it could answer: how its stream and its process ended says why.",
  };
}

/** A process that was started and did not open a stream, or opened one and did not say who it is. */
export const neverStarted: Rule = {
  id: "never-started",
  severity: "error",
  review: (session) =>
    [...session.processes.values()].flatMap((process): Finding[] => {
      const { workerId, spawnedAt, spawnedEvent, exit } = process;
      const limit = session.limitOf("start", { workerId, runtime: undefined }) ?? { span: 0, isDefault: true };
      const isKnown = session.streams.some((stream) => stream.workerId === workerId);
      if (isKnown || spawnedAt === undefined || exit !== undefined || session.now - spawnedAt <= limit.span) {
        return [];
      }
      const waited = session.now - spawnedAt;
      const proxy = proxyOf(process.variables);
      return [
        {
          subject: `worker ${workerId}`,
          at: spawnedAt + limit.span,
          severity: limit.isDefault ? "warning" : "error",
          isUncertain: session.hasGap(spawnedAt, session.now),
          describe: () => ({
            title: limit.isDefault
              ? `Worker ${workerId.slice(0, 8)} has not sent start_stream for ${formatSpan(waited)} since it was started; ${describeLimit(limit)}`
              : `Worker ${workerId.slice(0, 8)} was started and has not sent start_stream within ${formatSpan(limit.span)}`,
            consequence:
              proxy === undefined
                ? consequenceOf("start", limit)
                : `In its environment ${proxy.says}. ${consequenceOf("start", limit)}`,
            advice: proxy?.advice ?? ADVICE.start ?? "",
            quote: lastWords(process),
            evidence: spawnedEvent === undefined ? [] : [{ label: "process started", event: spawnedEvent }],
          }),
        },
      ];
    }),
};

type Judged = {
  readonly at: Nanos;
  readonly title: string;
  readonly consequence: string;
  readonly severity: Severity;
  readonly isUncertain: boolean;
};

function eachStep(
  session: ProblemSession,
  judge: (stream: WorkerStream, step: StepName, row: WorkerStep) => Judged | undefined,
): Finding[] {
  return session.streams
    .filter((stream) => !isRefused(session, stream))
    .flatMap((stream) =>
      LIMITED.flatMap((step) =>
        session.steps(stream.id, step).flatMap((row): Finding[] => {
          const judged = judge(stream, step, row);
          return judged === undefined ? [] : [findingOf(stream, step, row, judged)];
        }),
      ),
    );
}

function findingOf(stream: WorkerStream, step: StepName, row: WorkerStep, judged: Judged): Finding {
  const { title, consequence, ...rest } = judged;
  return {
    ...rest,
    subject: `stream ${stream.id} ${step} ${judged.severity}`,
    stream: stream.id,
    describe: () => ({
      title,
      consequence,
      advice: `${stream.runtime === "java" && row.answeredSeq === undefined ? `${JAVA_SWALLOWS} ` : ""}${ADVICE[step] ?? "Look at the worker's logs and its output around that time."}`,
      evidence: evidenceOf(["request", row.startedSeq], ["answer", row.answeredSeq]),
    }),
  };
}

/** The host counts from the start of the process; without that, from the call. */
function startOf(session: ProblemSession, stream: WorkerStream): Nanos {
  return session.processOf(stream)?.spawnedAt ?? stream.openedAt;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
