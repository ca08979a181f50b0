/** Where two JSON values differ. */
import { formatPath, type PathPart } from "@inspector/proto";
import { type ExactObject, type ExactValue, formatExactJson, isExactList, isExactObject } from "./comparable-value.ts";

export type Difference = {
  readonly kind: "added" | "removed" | "changed";
  /** As {@link parsePath} reads it. Indexes count the recorded list, of what was added the replayed one. */
  readonly path: string;
  /** JSON text, integers exact; absent where it was added. */
  readonly recorded?: string;
  /** Absent where it was removed. */
  readonly replayed?: string;
};

/** Pairs of items up to which lists are aligned; longer lists are compared item by item. */
const MAX_PAIRS = 250_000;

/**
 * All places where the values differ, the smallest that say it. The order of an object's keys does not matter. Lists are
 * aligned first, so that an item more is one difference.
 */
export function differencesOf(recorded: ExactValue, replayed: ExactValue): Difference[] {
  const found: Difference[] = [];
  compare(recorded, replayed, [], found);
  return found;
}

type Path = readonly PathPart[];

function compare(recorded: ExactValue, replayed: ExactValue, path: Path, found: Difference[]): void {
  if (isExactObject(recorded) && isExactObject(replayed)) {
    return compareObjects(recorded, replayed, path, found);
  }
  if (isExactList(recorded) && isExactList(replayed)) {
    return compareLists(recorded, replayed, path, found);
  }
  const before = formatExactJson(recorded);
  const after = formatExactJson(replayed);
  if (before !== after) {
    found.push({ kind: "changed", path: formatPath(path), recorded: before, replayed: after });
  }
}

function compareObjects(recorded: ExactObject, replayed: ExactObject, path: Path, found: Difference[]): void {
  for (const [key, value] of recorded) {
    const other = replayed.get(key);
    if (other === undefined) {
      found.push(removed(value, [...path, key]));
    } else {
      compare(value, other, [...path, key], found);
    }
  }
  for (const [key, value] of replayed) {
    if (!recorded.has(key)) {
      found.push(added(value, [...path, key]));
    }
  }
}

function removed(value: ExactValue, path: Path): Difference {
  return { kind: "removed", path: formatPath(path), recorded: formatExactJson(value) };
}

function added(value: ExactValue, path: Path): Difference {
  return { kind: "added", path: formatPath(path), replayed: formatExactJson(value) };
}

type List = readonly ExactValue[];

/** What lies between two items that are equal is compared item by item, and what is left over was removed or added. */
function compareLists(recorded: List, replayed: List, path: Path, found: Difference[]): void {
  let before = 0;
  let after = 0;
  for (const [nextBefore, nextAfter] of [...pairsOf(recorded, replayed), [recorded.length, replayed.length] as const]) {
    for (; before < nextBefore && after < nextAfter; before += 1, after += 1) {
      compare(recorded[before] ?? null, replayed[after] ?? null, [...path, before], found);
    }
    for (; before < nextBefore; before += 1) {
      found.push(removed(recorded[before] ?? null, [...path, before]));
    }
    for (; after < nextAfter; after += 1) {
      found.push(added(replayed[after] ?? null, [...path, after]));
    }
    before += 1;
    after += 1;
  }
}

type Pair = readonly [before: number, after: number];

/** Places of equal items, ascending in both: a longest common subsequence. */
function pairsOf(recorded: List, replayed: List): Pair[] {
  const before = recorded.map(formatExactJson);
  const after = replayed.map(formatExactJson);
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) {
    start += 1;
  }
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) {
    end += 1;
  }
  const pairs: Pair[] = Array.from({ length: start }, (_, at): Pair => [at, at]);
  const middle = commonPairs(before.slice(start, before.length - end), after.slice(start, after.length - end));
  for (const [at, other] of middle) {
    pairs.push([start + at, start + other]);
  }
  for (let at = end; at > 0; at -= 1) {
    pairs.push([before.length - at, after.length - at]);
  }
  return pairs;
}

function commonPairs(before: readonly string[], after: readonly string[]): Pair[] {
  if (before.length * after.length > MAX_PAIRS) {
    return [];
  }
  const width = after.length + 1;
  /** Length of the longest common subsequence of what follows both places. */
  const lengths = new Uint32Array((before.length + 1) * width);
  const lengthAt = (at: number, other: number): number => lengths[at * width + other] ?? 0;
  for (let at = before.length - 1; at >= 0; at -= 1) {
    for (let other = after.length - 1; other >= 0; other -= 1) {
      lengths[at * width + other] =
        before[at] === after[other]
          ? lengthAt(at + 1, other + 1) + 1
          : Math.max(lengthAt(at + 1, other), lengthAt(at, other + 1));
    }
  }
  const pairs: Pair[] = [];
  let other = 0;
  for (let at = 0; at < before.length && other < after.length; ) {
    if (before[at] === after[other]) {
      pairs.push([at, other]);
      at += 1;
      other += 1;
    } else if (lengthAt(at + 1, other) >= lengthAt(at, other + 1)) {
      at += 1;
    } else {
      other += 1;
    }
  }
  return pairs;
}
