/** A recorded answer beside a replayed one. */
import { type Answer, comparableAnswer } from "./answer.ts";
import { type ExactValue, isExactList, isExactObject } from "./comparable-value.ts";
import { type Difference, differencesOf } from "./differences.ts";
import { type PathPattern, parsePath, patternsBelow, startsWithAny } from "./json-path.ts";

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

/** An item of a list that is named by its index leaves a gap, so that the others keep theirs. */
function without(value: ExactValue, patterns: readonly PathPattern[]): ExactValue {
  if (patterns.length === 0) {
    return value;
  }
  if (isExactList(value)) {
    if (patterns.some((pattern) => pattern.length === 1 && startsWithAny(pattern))) {
      return [];
    }
    return value.map((item, at) => {
      const below = patternsBelow(patterns, at);
      return below.some(isEnd) ? null : without(item, below);
    });
  }
  if (!isExactObject(value)) {
    return value;
  }
  return new Map(
    [...value].flatMap(([key, member]): [string, ExactValue][] => {
      const below = patternsBelow(patterns, key);
      return below.some(isEnd) ? [] : [[key, without(member, below)]];
    }),
  );
}

function isEnd(pattern: PathPattern): boolean {
  return pattern.length === 0;
}
