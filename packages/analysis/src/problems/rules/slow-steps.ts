import type { Nanos } from "@inspector/contract/page";
import { STEP_NAMES, type StepName, type WorkerStep } from "@inspector/session/invocation/worker-step";
import { formatSpan, limitOf } from "@inspector/session/limits";
import type { ProblemSession } from "../problem-session.ts";
import { lastWords } from "../quotes.ts";
import type { Finding, Rule } from "../rule.ts";
import { evidenceOf, STEP_REQUEST } from "../words.ts";
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

/** An answer that came, but later than the host waits for it. */
export const lateStep: Rule = {
  id: "late-step",
  severity: "error",
  review: (session) =>
    eachStep(session, (stream, step, row) => {
      const limit = limitOf(step, stream.runtime);
      const began = step === "start" ? startOf(session, stream) : row.startedAt;
      if (limit === undefined || began === undefined || row.answeredAt === undefined) {
        return undefined;
      }
      const took = row.answeredAt - began;
      if (took <= limit) {
        return undefined;
      }
      return {
        at: row.answeredAt,
        isUncertain: session.hasGap(began, row.answeredAt),
        title: `The answer to ${STEP_REQUEST[step]} took ${formatSpan(took)}; the host waits ${formatSpan(limit)}`,
      };
    }),
};

/** A request of the host that the worker never answered: its stream ended, or the host's patience did. */
export const unansweredStep: Rule = {
  id: "unanswered-step",
  severity: "error",
  review: (session) =>
    eachStep(session, (stream, step, row) => {
      if (row.answeredAt !== undefined || row.startedAt === undefined) {
        return undefined;
      }
      const limit = limitOf(step, stream.runtime) ?? 0;
      const until = stream.endedAt ?? session.now;
      if (stream.endedAt === undefined && until - row.startedAt <= limit) {
        return undefined;
      }
      const waited = formatSpan(Math.max(until - row.startedAt, 0));
      const isExpected = session.terminatedAt(stream.id) !== undefined || session.endedWithRelay(stream);
      return {
        at: until,
        ...(isExpected && until - row.startedAt <= limit && { severity: "warning" as const }),
        isUncertain: session.hasGap(row.startedAt, until),
        title:
          until - row.startedAt > limit
            ? `${capital(STEP_REQUEST[step])} was not answered within ${formatSpan(limit)}, which is all the host waits`
            : `${capital(STEP_REQUEST[step])} had no answer when the stream ended, ${waited} later`,
      };
    }),
};

/** A process that was started and did not open a stream, or opened one and did not say who it is. */
export const neverStarted: Rule = {
  id: "never-started",
  severity: "error",
  review: (session) =>
    [...session.processes.values()].flatMap((process): Finding[] => {
      const { workerId, spawnedAt, spawnedEvent, exit } = process;
      const limit = limitOf("start", undefined) ?? 0;
      const isKnown = session.streams.some((stream) => stream.workerId === workerId);
      if (isKnown || spawnedAt === undefined || exit !== undefined || session.now - spawnedAt <= limit) {
        return [];
      }
      return [
        {
          subject: `worker ${workerId}`,
          at: spawnedAt + limit,
          isUncertain: session.hasGap(spawnedAt, session.now),
          describe: () => ({
            title: `Worker ${workerId.slice(0, 8)} was started and has not sent start_stream within ${formatSpan(limit)}`,
            consequence: GIVEN_UP,
            advice: ADVICE.start ?? "",
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
  readonly severity?: "warning";
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
  const { title, ...rest } = judged;
  return {
    ...rest,
    subject: `stream ${stream.id} ${step}`,
    stream: stream.id,
    describe: () => ({
      title,
      consequence: CONSEQUENCE[step] ?? GIVEN_UP,
      advice: ADVICE[step] ?? "Look at the worker's logs and its output around that time.",
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
