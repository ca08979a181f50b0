import type { Seq } from "@inspector/contract/page";

/** Where a message stands among those of the same invocation. `position` counts from 1. */
export type Relation = {
  readonly position: number;
  readonly count: number;
  readonly previous: Seq | undefined;
  readonly next: Seq | undefined;
};

/** Undefined for a message that stands alone. `related` is ascending and holds `seq` itself. */
export function relationOf(seq: Seq, related: readonly Seq[]): Relation | undefined {
  const index = related.indexOf(seq);
  if (index < 0 || related.length < 2) {
    return undefined;
  }
  return { position: index + 1, count: related.length, previous: related[index - 1], next: related[index + 1] };
}
