import { KIND } from "@inspector/proto";
import type { ProblemSession } from "../problem-session.ts";
import type { RangeMessage } from "../range-message.ts";
import type { Finding, Rule } from "../rule.ts";
import { evidenceOf, FROM_HOST, nameOfFunction } from "../words.ts";

function isLoad(subject: string): string {
  return `EXISTS (SELECT 1 FROM worker_step w WHERE w.stream = m.stream AND w.step = 'load' AND w.subject = ${subject} AND w.started_seq < m.seq)`;
}

/** A worker may have several streams, and the loads on one of them only. */
function isLoadedElsewhere(session: ProblemSession, { stream, seq, functionId }: RangeMessage): boolean {
  const own = session.stream(stream)?.workerId;
  return session.streams.some(
    ({ id, workerId }) =>
      id !== stream &&
      workerId === own &&
      own !== undefined &&
      session
        .steps(id, "load")
        .some(({ subject, startedSeq = seq }) => startedSeq < seq && (subject === functionId || subject === "")),
  );
}

/** A function that is invoked on a worker that was never asked to load it, though the recording has the worker's start. */
export const neverLoadedInvoked: Rule = {
  id: "never-loaded-invoked",
  severity: "warning",
  find: (session, range) =>
    session
      .messages(
        range,
        `m.kind = ${KIND.invocationRequest} AND ${FROM_HOST} AND m.function_id IS NOT NULL AND NOT ${isLoad("m.function_id")} AND NOT ${isLoad("''")}
         AND EXISTS (SELECT 1 FROM worker_step w WHERE w.stream = m.stream AND w.step = 'init' AND w.started_seq < m.seq)`,
      )
      .filter((message) => !isLoadedElsewhere(session, message))
      .map(({ seq, at, stream, invocation, functionName }): Finding => {
        const worker = session.stream(stream);
        return {
          subject: `stream ${stream} ${functionName}`,
          at,
          stream,
          invocation,
          functionName,
          isUncertain: session.hasGap(worker?.openedAt ?? 0, at),
          describe: () => ({
            title: `${nameOfFunction(functionName)} is invoked and was never loaded on this worker`,
            consequence:
              worker?.runtime === "node"
                ? "The Node.js worker runs what the app has registered under that id, and fails what it has not."
                : "Functions hosts load every function on every worker first. Workers of most languages answer Failure to what was not loaded.",
            advice: "Send function_load_request for it, on each worker, before the first invocation.",
            evidence: evidenceOf(["request", seq]),
          }),
        };
      }),
};
