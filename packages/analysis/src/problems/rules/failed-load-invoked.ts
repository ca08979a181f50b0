import { KIND } from "@inspector/proto";
import type { Finding, Rule } from "../rule.ts";
import { evidenceOf, FROM_HOST, nameOfFunction } from "../words.ts";

/** An invocation of a function whose load had failed, and was not repeated with success. */
export const failedLoadInvoked: Rule = {
  id: "failed-load-invoked",
  severity: "warning",
  find: (session, range) =>
    session
      .messages(
        range,
        `m.kind = ${KIND.invocationRequest} AND ${FROM_HOST}
         AND EXISTS (SELECT 1 FROM worker_step w WHERE w.stream = m.stream AND w.step = 'load' AND w.subject = m.function_id
           AND w.status = 0 AND w.answered_seq < m.seq)
         AND NOT EXISTS (SELECT 1 FROM worker_step w WHERE w.stream = m.stream AND w.step = 'load' AND w.subject = m.function_id
           AND w.status = 1 AND w.answered_seq < m.seq)`,
      )
      .map(
        ({ seq, at, stream, invocation, functionName }): Finding => ({
          subject: `stream ${stream} ${functionName}`,
          at,
          stream,
          invocation,
          functionName,
          describe: () => ({
            title: `${nameOfFunction(functionName)} is invoked although it failed to load`,
            consequence:
              "A Functions host does not do this: it fails the invocation itself. The worker answers with Failure, or runs a function that it has only in part.",
            advice: "Fix the load first; its exception says why.",
            evidence: evidenceOf(["failed load", failedLoad(session, stream, seq)], ["request", seq]),
          }),
        }),
      ),
};

function failedLoad(
  session: Parameters<NonNullable<Rule["find"]>>[0],
  stream: number,
  seq: number,
): number | undefined {
  const row = session.all(
    `SELECT max(w.answered_seq) AS seq FROM worker_step w JOIN message m ON m.seq = ?2
     WHERE w.stream = ?1 AND w.step = 'load' AND w.subject = m.function_id AND w.status = 0 AND w.answered_seq < ?2`,
    stream,
    seq,
  )[0];
  return typeof row?.["seq"] === "number" ? row["seq"] : undefined;
}
