/** Leaves parts of a JSON value out of a comparison. */
import { type ExactValue, isExactList, isExactObject } from "./comparable-value.ts";
import { type PathPattern, patternsBelow, startsWithAny } from "./json-path.ts";

/** A value without the places that the patterns name. An item of a list that is named by its index leaves a gap, so that the others keep theirs. */
export function without(value: ExactValue, patterns: readonly PathPattern[]): ExactValue {
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
