import { KIND } from "@inspector/proto";
import { walkFields } from "../field-walk.ts";
import type { Finding, Rule } from "../rule.ts";
import { evidenceOf, FROM_WORKER, nameOfFunction } from "../words.ts";

/** Members of TypedData that the host sends and does not take back, by field number. */
const UNACCEPTABLE: ReadonlyMap<number, string> = new Map([
  [8, "collection_bytes"],
  [9, "collection_string"],
  [10, "collection_double"],
  [11, "collection_sint64"],
  [12, "model_binding_data"],
  [13, "collection_model_binding_data"],
]);

const HTTP = 5;
const HTTP_BODY = 4;
const HTTP_RAW_BODY = 17;

/** Output or return values of a kind that the host throws at. */
export const unacceptableData: Rule = {
  id: "unacceptable-data",
  severity: "error",
  find: (session, range) =>
    session
      .findInBytes(range, `m.kind = ${KIND.invocationResponse} AND ${FROM_WORKER}`, unacceptableIn)
      .map(({ message, found }): Finding => {
        const { seq, at, stream, invocation, functionName, startedSeq } = message;
        return {
          subject: `${nameOfFunction(functionName)} ${found}`,
          at,
          stream,
          invocation,
          functionName,
          describe: () => ({
            title: `${nameOfFunction(functionName)} answers with ${found}, which the host does not accept`,
            consequence:
              "The host throws when it converts the answer, so the invocation fails although the worker says Success.",
            advice: "Return arrays as json. Collections and model binding data go from the host to the worker only.",
            evidence: evidenceOf(["request", startedSeq], ["answer", seq]),
          }),
        };
      }),
};

/** @returns the name of the first such member in an invocation_response, bodies of HTTP included */
function unacceptableIn(bytes: Uint8Array): string | undefined {
  let found: string | undefined;
  const lookAt = (start: number, end: number): void =>
    walkFields(bytes, start, end, (field, from, to) => {
      found ??= UNACCEPTABLE.get(field);
      if (field !== HTTP) {
        return;
      }
      walkFields(bytes, from, to, (part, partFrom, partTo) => {
        if (part === HTTP_BODY || part === HTTP_RAW_BODY) {
          lookAt(partFrom, partTo);
        }
      });
    });
  walkFields(bytes, 0, bytes.length, (content, start, end) => {
    if (content !== KIND.invocationResponse) {
      return;
    }
    walkFields(bytes, start, end, (field, from, to) => {
      if (field === 4) {
        lookAt(from, to);
      }
      if (field !== 2) {
        return;
      }
      walkFields(bytes, from, to, (part, dataFrom, dataTo) => {
        if (part === 2) {
          lookAt(dataFrom, dataTo);
        }
      });
    });
  });
  return found;
}
