import type { LostCalls } from "../open-calls.ts";
import type { ProblemSession } from "../problem-session.ts";
import type { Finding, Rule } from "../rule.ts";
import { evidenceOf, nameOfFunction } from "../words.ts";
import type { WorkerStream } from "../worker-stream.ts";

/** Invocations in flight when their stream ended. Those that the host had cancelled, and given up by that, are not lost. */
export const lostInvocation: Rule = {
  id: "lost-invocation",
  severity: "error",
  review: (session) =>
    session.streams
      .filter(({ endedAt }) => endedAt !== undefined)
      .flatMap((stream) => {
        const isExpected = session.terminatedAt(stream.id) !== undefined || session.endedWithRelay(stream);
        return session
          .unanswered(stream)
          .flatMap((calls) => [
            ...lost(session, stream, calls, isExpected),
            ...(isExpected ? [] : cancelled(session, stream, calls)),
          ]);
      }),
};

function lost(session: ProblemSession, stream: WorkerStream, calls: LostCalls, isExpected: boolean): Finding[] {
  const { functionName, count, firstUncancelled: first } = calls;
  const { id, openedAt, endedAt = session.now } = stream;
  if (first === undefined) {
    return [];
  }
  return [
    {
      subject: `stream ${id} ${functionName}`,
      at: endedAt,
      stream: id,
      invocation: first,
      functionName,
      count: count - calls.cancelled,
      severity: isExpected ? "warning" : "error",
      isUncertain: session.hasGap(openedAt, endedAt),
      describe: () => ({
        title: `${nameOfFunction(functionName)} was in flight when the stream ended`,
        consequence:
          "The host learns nothing from the end of a stream. It fails the invocation when the process exits with an error; after exit code 0, or while the process lives on, it waits until functionTimeout.",
        advice: isExpected
          ? "Let invocations finish before the worker is asked to terminate."
          : "Find out why the stream ended: what the process wrote last, its exit code, and what this function does at that point.",
        evidence: evidenceOf(["request", first]),
      }),
    },
  ];
}

function cancelled(session: ProblemSession, stream: WorkerStream, calls: LostCalls): Finding[] {
  const { functionName, cancelled: count, first } = calls;
  const { id, openedAt, endedAt = session.now } = stream;
  if (count === 0) {
    return [];
  }
  return [
    {
      subject: `stream ${id} ${functionName} cancelled`,
      at: endedAt,
      stream: id,
      invocation: first,
      functionName,
      count,
      severity: "warning",
      isUncertain: session.hasGap(openedAt, endedAt),
      describe: () => ({
        title: `${nameOfFunction(functionName)} had been cancelled and had no answer when the stream ended`,
        consequence:
          "The host had given it up by then. Whether the cancel or the end of the stream came first for the function, nobody knows.",
        advice: "Find out why the stream ended; the cancel is no reason for it.",
        evidence: evidenceOf(["request", first]),
      }),
    },
  ];
}
