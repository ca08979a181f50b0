/** What the two sides of a comparison are called, and which of two calls stands first. */

import type { InvocationRow, NeighbouringCalls, Seq, StepRow } from "@inspector/contract/page";
import { isServerErrorOf } from "@inspector/filter/http-status";

/** "#7": a call by the number of its row. */
export function callName(id: Seq): string {
  return `#${id}`;
}

/** The earlier call stands first. */
export function inOrder(id: Seq, other: Seq): readonly [before: Seq, after: Seq] {
  return id < other ? [id, other] : [other, id];
}

/** It failed, was lost, or was answered with a server error. */
export function isFailure(row: InvocationRow | StepRow): boolean {
  return row.state === "failed" || row.state === "lost" || (row.type === "invocation" && isServerErrorOf(row));
}

/** What a call is compared with as long as nobody says: a failure with what went well before it, another one with the next failure. */
export function partnerOf(row: InvocationRow | StepRow, { lastGood, nextFailure }: NeighbouringCalls): Seq | undefined {
  return isFailure(row) ? (lastGood ?? nextFailure) : (nextFailure ?? lastGood);
}

/** What a call is not compared with by itself, as there is none. */
export function describeMissing(
  name: string,
  row: InvocationRow | StepRow,
  neighbours: NeighbouringCalls,
): string | undefined {
  if (isFailure(row)) {
    return neighbours.lastGood === undefined ? `No call of ${name} before this one went well.` : undefined;
  }
  return neighbours.nextFailure === undefined ? `No call of ${name} after this one failed.` : undefined;
}
