import { KIND } from "@inspector/proto";
import { formatSpan } from "@inspector/session/limits";
import type { RangeMessage } from "../range-message.ts";
import type { Finding, Rule } from "../rule.ts";
import { evidenceOf, FROM_HOST, FROM_WORKER, nameOfFunction } from "../words.ts";

const CANCEL = `m.kind = ${KIND.invocationCancel} AND ${FROM_HOST}`;

function ofInvocation(message: RangeMessage): Omit<Finding, "describe"> {
  const { at, stream, invocation, functionName } = message;
  return { subject: nameOfFunction(functionName), at, stream, invocation, functionName };
}

/** A cancel behind the answer: the two crossed each other, or the host was slow. */
export const lateCancel: Rule = {
  id: "late-cancel",
  severity: "info",
  find: (session, range) =>
    session.messages(range, `${CANCEL} AND i.answered_seq < m.seq AND i.started_seq IS NOT NULL`).map((message) => ({
      ...ofInvocation(message),
      describe: () => ({
        title: `A cancel of ${nameOfFunction(message.functionName)} came behind its answer`,
        consequence: "It changes nothing: the invocation ended as it was answered.",
        advice:
          "Nothing is wrong where the two crossed each other; a cancel that comes long after says that the host did not take the answer.",
        evidence: evidenceOf(
          ["request", message.startedSeq],
          ["answer", message.answeredSeq],
          ["late cancel", message.seq],
        ),
      }),
    })),
};

/** A cancel of an invocation that was never requested of this worker. */
export const unknownCancel: Rule = {
  id: "unknown-cancel",
  severity: "warning",
  find: (session, range) =>
    session.messages(range, `${CANCEL} AND i.started_seq IS NULL`).map((message) => {
      const elsewhere = session.askedElsewhere(message);
      return {
        ...ofInvocation(message),
        subject: `stream ${message.stream} ${elsewhere?.isSameWorker === true}`,
        severity: elsewhere?.isSameWorker === true ? ("info" as const) : ("warning" as const),
        isUncertain: session.hasGap(session.stream(message.stream)?.openedAt ?? 0, message.at),
        describe: () => ({
          title:
            elsewhere === undefined
              ? `A cancel of invocation ${message.invocationId ?? '""'}, which nobody had requested`
              : elsewhere.isSameWorker
                ? `A cancel of invocation ${message.invocationId ?? '""'}, which was requested on another stream of the same worker`
                : `A cancel of invocation ${message.invocationId ?? '""'}, which another worker was asked for`,
          consequence:
            elsewhere?.isSameWorker === true
              ? "A worker that keeps its invocations by stream does not find it."
              : "The worker has nothing to cancel and passes over it.",
          advice: "Cancel with the invocation_id of the request, unchanged, and on the stream that it went out on.",
          evidence: evidenceOf(["request", elsewhere?.seq], ["cancel", message.seq]),
        }),
      };
    }),
};

/** A second cancel of one invocation. */
export const repeatedCancel: Rule = {
  id: "repeated-cancel",
  severity: "info",
  find: (session, range) =>
    session
      .messages(
        range,
        `${CANCEL} AND i.cancel_seq < m.seq AND i.started_seq IS NOT NULL AND (i.answered_seq IS NULL OR i.answered_seq > m.seq)`,
      )
      .map((message) => ({
        ...ofInvocation(message),
        describe: () => ({
          title: `${nameOfFunction(message.functionName)} was cancelled more than once`,
          consequence: "The worker was told before; the first cancel is the one that counts.",
          advice: "Cancel once. A worker that does not heed the first does not heed the second.",
          evidence: evidenceOf(["first cancel", message.cancelSeq], ["cancel again", message.seq]),
        }),
      })),
};

/** An invocation that ended well although it had been cancelled before. */
export const unheededCancel: Rule = {
  id: "unheeded-cancel",
  severity: "info",
  find: (session, range) =>
    session
      .messages(
        range,
        `m.kind = ${KIND.invocationResponse} AND ${FROM_WORKER} AND m.status = 1 AND i.answered_seq = m.seq AND i.cancel_seq < m.seq AND i.started_seq IS NOT NULL`,
      )
      .map((message) => ({
        ...ofInvocation(message),
        describe: () => {
          const cancelAt = session.all("SELECT cancel_at FROM invocation WHERE id = ?", message.invocation ?? 0)[0];
          const after = message.at - Number(cancelAt?.["cancel_at"] ?? message.at);
          return {
            title: `${nameOfFunction(message.functionName)} succeeded although it had been cancelled`,
            consequence: `The answer came ${formatSpan(Math.max(after, 0))} behind the cancel, and the host takes it as it is. The function did all its work, or was done when the cancel came.`,
            advice:
              "Let the function look at its cancellation (CancellationToken, AbortSignal) where it works for long.",
            evidence: evidenceOf(
              ["request", message.startedSeq],
              ["cancel", message.cancelSeq],
              ["answer", message.seq],
            ),
          };
        },
      })),
};
