import type { StreamingMessage } from "@inspector/proto";
import type { ProblemSession, RangeMessage } from "../problem-session.ts";
import type { Finding, Rule } from "../rule.ts";
import { evidenceOf, nameOfFunction, nameOfKind, quoteResult, resultOf } from "../words.ts";

const INVOCATION_RESPONSE = 5;
const LOAD_RESPONSE = 9;
const WARMUP_RESPONSE = 34;
const METADATA_RESPONSE = 30;
const LOAD_RESPONSES = 32;

const TITLE: Readonly<Record<number, string>> = {
  16: "WorkerInit failed",
  26: "The environment reload failed",
  30: "The worker could not list its functions",
  34: "The warm-up failed",
};

const CONSEQUENCE: Readonly<Record<number, string>> = {
  5: "The host fails the invocation; a trigger with retries tries it again.",
  9: "The host remembers it and fails every invocation of the function, without asking the worker again.",
  16: "The host ends the process and counts a worker error; the reason often does not reach its log.",
  26: "The host cannot use this worker for the app, and starts another one.",
  30: "The host has no functions of this worker and says no more than that no job functions were found.",
  34: "The host goes on without the warm-up.",
};

/** Any answer whose status says Failure. */
export const failedResult: Rule = {
  id: "failed-result",
  severity: "error",
  find: (session, range) =>
    session
      .messages(range, "m.kind IN (5, 9, 16, 26, 30, 34) AND m.status = 0 AND m.side = 1")
      .map((message) =>
        message.kind === INVOCATION_RESPONSE ? failedInvocation(session, message) : failedStep(session, message),
      ),
};

function failedStep(session: ProblemSession, message: RangeMessage): Finding {
  const { seq, at, kind, stream, functionName } = message;
  return {
    subject: `stream ${stream} ${nameOfKind(kind)}${functionName === undefined ? "" : ` ${functionName}`}`,
    at,
    stream,
    severity: kind === WARMUP_RESPONSE ? "warning" : "error",
    ...(kind === LOAD_RESPONSE && { functionName }),
    tell: () => {
      const quote = quoteResult(resultOf(session.content(seq))) ?? message.text;
      return {
        title:
          kind === LOAD_RESPONSE ? `${nameOfFunction(functionName)} failed to load` : (TITLE[kind] ?? nameOfKind(kind)),
        consequence: CONSEQUENCE[kind] ?? "",
        advice: adviceOf(kind, quote),
        quote,
        evidence: evidenceOf([nameOfKind(kind), seq]),
      };
    },
  };
}

/** A function that fails because it was cancelled does what it was told. */
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
    tell: () => {
      const quote = quoteResult(resultOf(session.content(seq))) ?? message.text;
      return {
        title: isCancelled ? `${name} answered Failure after it was cancelled` : `${name} failed`,
        consequence: CONSEQUENCE[INVOCATION_RESPONSE] ?? "",
        advice: adviceOf(INVOCATION_RESPONSE, quote),
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
      .messages(range, `m.kind IN (${METADATA_RESPONSE}, ${LOAD_RESPONSES}) AND m.side = 1`)
      .flatMap(({ seq, at, kind, stream }) =>
        failuresIn(session.content(seq)).map(
          ({ name, quote }): Finding => ({
            subject: `stream ${stream} ${name}`,
            at,
            stream,
            functionName: name,
            tell: () => ({
              title: `${nameOfFunction(name)} ${kind === LOAD_RESPONSES ? "failed to load" : "is not usable, says the worker"}`,
              consequence:
                kind === LOAD_RESPONSES ? (CONSEQUENCE[LOAD_RESPONSE] ?? "") : "The host leaves the function out.",
              advice: adviceOf(kind, quote),
              quote,
              evidence: evidenceOf([nameOfKind(kind), seq]),
            }),
          }),
        ),
      ),
};

function failuresIn(content: StreamingMessage["content"] | undefined): { name: string; quote: string | undefined }[] {
  if (content?.case === "functionLoadResponseCollection") {
    return content.value.functionLoadResponses
      .filter(({ result }) => result?.status !== 1)
      .map(({ functionId, result }) => ({ name: functionId, quote: quoteResult(result) }));
  }
  if (content?.case !== "functionMetadataResponse") {
    return [];
  }
  // Workers leave the status of a function out when all is well, so only a failure that says why is one.
  return content.value.functionMetadataResults
    .filter(({ status }) => status?.status === 0 && status.exception !== undefined)
    .map(({ name, status }) => ({ name, quote: quoteResult(status) }));
}

function adviceOf(kind: number, quote: string | undefined): string {
  if (quote === undefined) {
    return "The answer does not say why. Check that the worker sets the result at all: a status that is left out reads as Failure.";
  }
  return kind === INVOCATION_RESPONSE
    ? "Read the exception and the logs of the invocation."
    : "Read the exception, and what the worker wrote to stderr at that time.";
}
