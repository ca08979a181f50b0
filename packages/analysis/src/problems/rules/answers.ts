import { KIND } from "@inspector/proto";
import { STEP_NAMES, type StepName, type WorkerStep } from "@inspector/session/invocation/worker-step";
import type { ProblemSession } from "../problem-session.ts";
import type { RangeMessage } from "../range-message.ts";
import type { Finding, Rule } from "../rule.ts";
import { evidenceOf, FROM_HOST, FROM_WORKER, nameOfFunction, STEP_REQUEST } from "../words.ts";
import type { WorkerStream } from "../worker-stream.ts";

function ofInvocation(message: RangeMessage): Pick<Finding, "at" | "stream" | "invocation" | "functionName"> {
  const { at, stream, invocation, functionName } = message;
  return { at, stream, invocation, functionName };
}

/** A second answer to one invocation. */
export const extraAnswer: Rule = {
  id: "extra-answer",
  severity: "warning",
  find: (session, range) =>
    session
      .messages(
        range,
        `m.kind = ${KIND.invocationResponse} AND ${FROM_WORKER} AND i.started_seq IS NOT NULL AND i.answered_seq <> m.seq`,
      )
      .map((message) => ({
        ...ofInvocation(message),
        subject: nameOfFunction(message.functionName),
        describe: () => ({
          title: `${nameOfFunction(message.functionName)} was answered more than once`,
          consequence: "The host takes the first answer and drops the others.",
          advice:
            "Answer each invocation id once; look for a timeout or an error handler that answers beside the function.",
          evidence: evidenceOf(
            ["request", message.startedSeq],
            ["first answer", message.answeredSeq],
            ["extra answer", message.seq],
          ),
        }),
      })),
};

/** An answer to an invocation that was never requested on this stream. */
export const unknownAnswer: Rule = {
  id: "unknown-answer",
  severity: "warning",
  find: (session, range) =>
    session
      .messages(
        range,
        `m.kind = ${KIND.invocationResponse} AND ${FROM_WORKER} AND (i.started_seq IS NULL
          OR (i.stream <> m.stream AND m.stream NOT IN (SELECT stream FROM joined_stream)))`,
      )
      .map((message) => {
        const elsewhere = session.askedElsewhere(message);
        const id = message.invocationId ?? '""';
        return {
          ...ofInvocation(message),
          subject: `stream ${message.stream}${elsewhere === undefined ? "" : elsewhere.isSameWorker ? " same worker" : " other worker"}`,
          severity: elsewhere?.isSameWorker === true ? ("info" as const) : ("warning" as const),
          isUncertain: session.hasGap(session.stream(message.stream)?.openedAt ?? 0, message.at),
          describe: () => ({
            ...(elsewhere === undefined
              ? NOBODY_ASKED(id)
              : elsewhere.isSameWorker
                ? OTHER_STREAM(id)
                : OTHER_WORKER(id)),
            evidence: evidenceOf(["request", elsewhere?.seq], ["answer", message.seq]),
          }),
        };
      }),
};

const ADVICE = "Answer with the invocation_id of the request, unchanged, and on the stream that it came on.";

const NOBODY_ASKED = (id: string) => ({
  title: `An answer to invocation ${id}, which nobody asked for on this stream`,
  consequence: "The host drops the answer, and writes that down only in its debug log.",
  advice: ADVICE,
});

const OTHER_STREAM = (id: string) => ({
  title: `Invocation ${id} was answered on another stream of the same worker`,
  consequence:
    "A host with MultiStream takes it: to it the streams of one worker are one. Here the request stands without an answer.",
  advice: "Nothing is wrong where the worker means to speak over several streams.",
});

const OTHER_WORKER = (id: string) => ({
  title: `An answer to invocation ${id}, which another worker was asked for`,
  consequence: "The host looks for the request among those of the worker that answers, and drops the answer.",
  advice: ADVICE,
});

/** An invocation id that was in flight when it was used again. */
export const reusedId: Rule = {
  id: "reused-invocation-id",
  severity: "warning",
  find: (session, range) =>
    session
      .messages(
        range,
        `m.kind = ${KIND.invocationRequest} AND ${FROM_HOST} AND i.is_overlapping = 1 AND i.started_seq = m.seq`,
      )
      .map((message) => ({
        ...ofInvocation(message),
        subject: nameOfFunction(message.functionName),
        // The answer to the first may be what was not recorded.
        isUncertain: session.hasGap(session.stream(message.stream)?.openedAt ?? 0, message.at),
        describe: () => ({
          title: `Invocation id ${message.invocationId ?? '""'} was used again while it was in flight`,
          consequence:
            "A .NET worker answers the second request with Failure; others run it twice, and their answers and logs cannot be assigned to one of the two.",
          advice: "Give every request an id of its own, also when one is replayed.",
          evidence: evidenceOf(["second request", message.seq]),
        }),
      })),
};

/** An answer to a step that the host had not asked for, or had its answer to. */
export const strayAnswer: Rule = {
  id: "stray-answer",
  severity: "warning",
  review: (session) =>
    session.streams.flatMap((stream) =>
      STEP_NAMES.filter((step) => step !== "terminate").flatMap((step) =>
        session
          .steps(stream.id, step)
          .filter((row) => row.extraAnswers > 0 || isUnasked(row))
          .map((row) => strayFinding(session, stream, row)),
      ),
    ),
};

/** The worker's own StartStream is asked for by nobody. */
function isUnasked({ step, startedSeq }: WorkerStep): boolean {
  return step !== "start" && startedSeq === undefined;
}

function strayFinding(session: ProblemSession, stream: WorkerStream, row: WorkerStep): Finding {
  const { step } = row;
  const asked = isUnasked(row) && row.extraAnswers === 0 ? session.otherHalf(stream, row) : undefined;
  return {
    subject: `stream ${stream.id} ${step}${asked === undefined ? "" : " other stream"}`,
    at: row.answeredAt ?? stream.openedAt,
    stream: stream.id,
    count: row.extraAnswers + (isUnasked(row) ? 1 : 0),
    severity: asked === undefined ? "warning" : "info",
    isUncertain: session.hasGap(stream.openedAt, row.answeredAt ?? session.now),
    describe: () => ({
      ...(step === "start" ? STARTED_AGAIN : asked === undefined ? unasked(step) : askedOnAnother(step)),
      evidence: evidenceOf(["request", row.startedSeq ?? asked?.startedSeq], ["first answer", row.answeredSeq]),
    }),
  };
}

const STARTED_AGAIN = {
  title: "start_stream was sent more than once on one stream",
  consequence: "The host ignores all but the first.",
  advice: "Send it once, first of all.",
};

function unasked(step: StepName) {
  return {
    title: `An answer to ${STEP_REQUEST[step]} that the host was not waiting for`,
    consequence:
      "The host matches these answers by their kind alone, so a stray one can be taken for the answer to its next request.",
    advice: "Send one answer for each request.",
  };
}

function askedOnAnother(step: StepName) {
  return {
    title: `The answer to ${STEP_REQUEST[step]} came on another stream of the same worker`,
    consequence: "A host with MultiStream takes it: to it the streams of one worker are one.",
    advice: "Nothing is wrong where the worker means to speak over several streams.",
  };
}
