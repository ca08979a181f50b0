/** What was sent in the place of a recorded request: where the two differ. */
import { bytesAsText, comparableData, comparableHeaders, valuesByName } from "./answer.ts";
import { type ExactObject, type ExactValue, exactValueOf, isExactList, isExactObject } from "./comparable-value.ts";
import { type Difference, differencesOf } from "./differences.ts";

export type Request = {
  /** The StreamingMessage with the InvocationRequest, as proto3 JSON. */
  readonly message: unknown;
  /** What went over HTTP beside it. */
  readonly http?: HttpRequest;
};

export type HttpRequest = {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
};

/** Every replay has others: of those nobody edited them. */
const OWN = new Set(["invocationId", "traceContext", "functionId"]);

/** Where they differ, inputs by name, JSON within text and bytes by its structure; `replayed` is what was sent. */
export function compareRequests(recorded: Request, sent: Request): Difference[] {
  return differencesOf(comparableRequest(recorded), comparableRequest(sent));
}

function comparableRequest({ message, http }: Request): ExactObject {
  const content = exactValueOf(message ?? null);
  const request = isExactObject(content) ? content.get("invocationRequest") : undefined;
  const found = new Map<string, ExactValue>();
  for (const [key, value] of isExactObject(request) ? request : []) {
    if (key === "inputData" && isExactList(value)) {
      found.set("inputs", valuesByName(value));
    } else if (key === "triggerMetadata" && isExactObject(value)) {
      found.set(key, new Map([...value].map(([name, data]) => [name, comparableData(data)])));
    } else if (!OWN.has(key)) {
      found.set(key, value);
    }
  }
  if (http !== undefined) {
    const { method, target, headers, body } = http;
    found.set(
      "http",
      new Map<string, ExactValue>([
        ["method", method],
        ["target", target],
        ["headers", comparableHeaders(headers)],
        ["body", bytesAsText(body)],
      ]),
    );
  }
  return found;
}
