import { KIND, readHead } from "@inspector/proto";
import type { ProblemSession } from "../problem-session.ts";
import type { RangeMessage } from "../range-message.ts";
import type { Finding, Rule } from "../rule.ts";
import { evidenceOf, FROM_WORKER, nameOfFunction } from "../words.ts";

const SYSTEM = 1;

/** System logs are always shown; logs of users and metrics need an invocation that is in flight. */
function isDroppable(session: ProblemSession, message: RangeMessage): boolean {
  const bytes = session.bytes(message);
  const category = bytes === undefined ? undefined : readHead(bytes).logCategory;
  return category !== undefined && category !== SYSTEM;
}

const DROPPED = "The host drops the log: it appears in no console, no file and no Application Insights.";

/** Logs behind the answer. Where two invocations use one id at once, their logs cannot be assigned, so none counts as late. */
export const lateLog: Rule = {
  id: "late-log",
  severity: "warning",
  find: (session, range) =>
    session
      .messages(
        range,
        `m.kind = ${KIND.rpcLog} AND ${FROM_WORKER} AND i.answered_seq < m.seq AND i.started_seq IS NOT NULL AND i.attempt = 1 AND NOT i.is_overlapping`,
      )
      .filter((message) => isDroppable(session, message))
      .map(
        ({ seq, at, stream, invocation, functionName, text, answeredSeq }): Finding => ({
          subject: nameOfFunction(functionName),
          at,
          stream,
          invocation,
          functionName,
          describe: () => ({
            title: `${nameOfFunction(functionName)} logs after it was answered`,
            consequence: DROPPED,
            advice:
              "Wait for everything the function has begun before it returns: a promise without await, a timer, a task of its own.",
            quote: text,
            evidence: evidenceOf(["answer", answeredSeq], ["late log", seq]),
          }),
        }),
      ),
};

export const unknownInvocationLog: Rule = {
  id: "unknown-invocation-log",
  severity: "warning",
  find: (session, range) =>
    session
      .messages(
        range,
        `m.kind = ${KIND.rpcLog} AND ${FROM_WORKER} AND m.invocation IS NOT NULL AND i.started_seq IS NULL`,
      )
      .filter((message) => isDroppable(session, message))
      .map(
        ({ seq, at, stream, invocation, invocationId, text }): Finding => ({
          subject: `stream ${stream}`,
          at,
          stream,
          invocation,
          isUncertain: session.hasGap(session.stream(stream)?.openedAt ?? 0, at),
          describe: () => ({
            title: `A log of invocation ${invocationId ?? '""'}, which the host never requested on this stream`,
            consequence: DROPPED,
            advice: "Log with the invocation_id of the request, unchanged.",
            quote: text,
            evidence: evidenceOf(["log", seq]),
          }),
        }),
      ),
};

export const logWithoutInvocation: Rule = {
  id: "log-without-invocation",
  severity: "info",
  find: (session, range) =>
    session
      .messages(range, `m.kind = ${KIND.rpcLog} AND ${FROM_WORKER} AND m.invocation IS NULL`)
      .filter((message) => isDroppable(session, message))
      .map(
        ({ seq, at, stream, text }): Finding => ({
          subject: session.stream(stream)?.runtime ?? "",
          at,
          stream,
          describe: () => ({
            title: "User logs without an invocation id",
            consequence: DROPPED,
            advice: "Send what does not belong to an invocation as a System log, or write it to stdout.",
            quote: text,
            evidence: evidenceOf(["log", seq]),
          }),
        }),
      ),
};
