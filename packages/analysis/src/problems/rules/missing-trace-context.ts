import { KIND } from "@inspector/proto";
import { walkFields } from "../field-walk.ts";
import type { Finding, Rule } from "../rule.ts";
import { evidenceOf, FROM_HOST, nameOfFunction } from "../words.ts";

/** The .NET worker reads the trace context of every request without asking whether it is there. */
export const missingTraceContext: Rule = {
  id: "missing-trace-context",
  severity: "error",
  find(session, range) {
    const streams = session.streamsOf("dotnet");
    if (streams === "") {
      return [];
    }
    return session
      .findInBytes(
        range,
        `m.kind = ${KIND.invocationRequest} AND ${FROM_HOST} AND m.stream IN (${streams})`,
        (bytes) => (hasTraceContext(bytes) ? undefined : true),
      )
      .map(
        ({ message: { seq, at, stream, invocation, functionName } }): Finding => ({
          subject: nameOfFunction(functionName),
          at,
          stream,
          invocation,
          functionName,
          describe: () => ({
            title: `${nameOfFunction(functionName)} is invoked without trace_context`,
            consequence: "The .NET worker answers Failure with a NullReferenceException before it runs the function.",
            advice: "Set trace_context; an empty one will do.",
            evidence: evidenceOf(["request", seq]),
          }),
        }),
      );
  },
};

function hasTraceContext(bytes: Uint8Array): boolean {
  let isThere = false;
  walkFields(bytes, 0, bytes.length, (content, start, end) => {
    if (content !== KIND.invocationRequest) {
      return;
    }
    walkFields(bytes, start, end, (field) => {
      if (field === 5) {
        isThere = true;
      }
    });
  });
  return isThere;
}
