import type { StreamingMessage } from "@inspector/proto";
import { KIND } from "@inspector/proto";
import type { ProblemSession } from "../problem-session.ts";
import type { RangeMessage } from "../range-message.ts";
import type { Finding, Rule } from "../rule.ts";
import { causeOfResult, evidenceOf, FROM_WORKER, nameOfFunction, nameOfKind, quoteResult, resultOf } from "../words.ts";
import { CONSEQUENCE, failedSteps } from "./failed-step.ts";

/** Any answer whose status says Failure. */
export const failedResult: Rule = {
  id: "failed-result",
  severity: "error",
  find: (session, range) =>
    session
      .messages(range, `m.kind = ${KIND.invocationResponse} AND m.status = 0 AND ${FROM_WORKER}`)
      .map((message) => failedInvocation(session, message)),
  review: failedSteps,
};

/** A function that fails after its cancellation does what the host asked of it: no error. */
function failedInvocation(session: ProblemSession, message: RangeMessage): Finding {
  const { seq, at, stream, invocation, functionName, startedSeq, cancelSeq } = message;
  const name = nameOfFunction(functionName);
  const isCancelled = cancelSeq !== undefined && cancelSeq < seq;
  return {
    subject: isCancelled ? `${name} cancelled` : name,
    at,
    stream,
    invocation,
    functionName,
    severity: isCancelled ? "info" : "error",
    describe: () => {
      const result = resultOf(session.content(seq));
      const quote = quoteResult(result) ?? message.text;
      const what = isCancelled ? `${name} answered Failure after it was cancelled` : `${name} failed`;
      return {
        title: isCancelled ? what : `${what}${causeOfResult(result)}`,
        consequence: "The host fails the invocation; a trigger with retries tries it again.",
        advice: adviceOf(KIND.invocationResponse, quote),
        quote,
        evidence: evidenceOf(["request", startedSeq], ["cancel", cancelSeq], ["answer", seq]),
      };
    },
  };
}

/** Answers about several functions at once, which say for each whether it failed. */
export const failedFunctions: Rule = {
  id: "failed-function",
  severity: "error",
  find: (session, range) =>
    session
      .messages(
        range,
        `m.kind IN (${KIND.functionMetadataResponse}, ${KIND.functionLoadResponseCollection}) AND ${FROM_WORKER}`,
      )
      .flatMap(({ seq, at, kind, stream }) =>
        failuresIn(session.content(seq)).map(
          ({ name, quote, cause }): Finding => ({
            subject: `stream ${stream} ${name}`,
            at,
            stream,
            functionName: name,
            describe: () => ({
              title: `${nameOfFunction(name)} ${kind === KIND.functionLoadResponseCollection ? "failed to load" : "is not usable, says the worker"}${cause}`,
              consequence:
                kind === KIND.functionLoadResponseCollection ? CONSEQUENCE.load : "The host leaves the function out.",
              advice: adviceOf(kind, quote),
              quote,
              evidence: evidenceOf([nameOfKind(kind), seq]),
            }),
          }),
        ),
      ),
};

type FailedFunction = { readonly name: string; readonly quote: string | undefined; readonly cause: string };

function failuresIn(content: StreamingMessage["content"] | undefined): FailedFunction[] {
  if (content?.case === "functionLoadResponseCollection") {
    return content.value.functionLoadResponses
      .filter(({ result }) => result?.status !== 1)
      .map(({ functionId, result }) => ({
        name: functionId,
        quote: quoteResult(result),
        cause: causeOfResult(result),
      }));
  }
  if (content?.case !== "functionMetadataResponse") {
    return [];
  }
  // Workers leave the status of a function out when all is well, so only a failure that says why is one.
  return content.value.functionMetadataResults
    .filter(({ status }) => status?.status === 0 && status.exception !== undefined)
    .map(({ name, status }) => ({ name, quote: quoteResult(status), cause: causeOfResult(status) }));
}

function adviceOf(kind: number, quote: string | undefined): string {
  if (quote === undefined) {
    return "The answer does not say why. Check that the worker sets the result at all: a status that is left out reads as Failure.";
  }
  return kind === KIND.invocationResponse
    ? "Read the exception and the logs of the invocation."
    : "Read the exception, and what the worker wrote to stderr at that time.";
}
