/** Where two requests differ: a recorded one and what was sent in its place, or those of two calls. */
import { bytesAsText, comparableData, comparableHeaders, renamed, valuesByName } from "./answer.ts";
import { type ExactObject, type ExactValue, exactValueOf, isExactList, isExactObject } from "./comparable-value.ts";
import type { CompareOptions } from "./compare.ts";
import { type Difference, differencesOf } from "./differences.ts";
import { parsePath } from "./json-path.ts";
import { without } from "./without.ts";

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

/** What the host makes up for each call, in the trigger metadata `sys`, whatever the call is about. */
export const MADE_UP_BY_HOST = ["triggerMetadata.sys.json.UtcNow", "triggerMetadata.sys.json.RandGuid"] as const;

/**
 * Where they differ, inputs by name, JSON within text and bytes by its structure; `replayed` is what was sent. Each side's own
 * invocation id counts as the same.
 *
 * @throws {InspectorError} "bad-path" for a path to ignore that cannot be read
 */
export function compareRequests(recorded: Request, sent: Request, options: CompareOptions = {}): Difference[] {
  const patterns = (options.ignore ?? []).map(parsePath);
  return differencesOf(without(comparableRequest(recorded), patterns), without(comparableRequest(sent), patterns));
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
  const id = isExactObject(request) ? request.get("invocationId") : undefined;
  const rename = renamed(typeof id === "string" ? { invocationId: id } : {});
  return new Map([...found].map(([key, value]) => [key, rename(value)]));
}
