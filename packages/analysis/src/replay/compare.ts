/** A recorded answer beside a replayed one. */
import { type Answer, comparableAnswer } from "./answer.ts";
import { type Difference, differencesOf } from "./differences.ts";
import { parsePath } from "./json-path.ts";
import { without } from "./without.ts";

export type CompareOptions = {
  /** Paths whose values do not count, with all below them: "returnValue.http.headers.date", "logs[*].message". */
  readonly ignore?: readonly string[];
};

/**
 * Where two answers differ; empty where they say the same. Order counts in lists only: in logs and JSON arrays, not in
 * objects, maps and outputs. JSON within text and bytes is compared by its structure, numbers digit for digit. Each side's
 * own invocation id counts as the same, and what else is {@link Answer.known}; how long it took is for the caller to show.
 *
 * @throws {InspectorError} "bad-path" for a path that cannot be read
 */
export function compareAnswers(recorded: Answer, replayed: Answer, options: CompareOptions = {}): Difference[] {
  const patterns = (options.ignore ?? []).map(parsePath);
  return differencesOf(without(comparableAnswer(recorded), patterns), without(comparableAnswer(replayed), patterns));
}
