/** The answers of a run beside the recorded one. */
import type { ReplayResult } from "@inspector/contract/intervention";
import type { InvocationAnswer } from "../compare/compared-call.ts";
import { compare, hasAnswer } from "../compare/comparison.ts";

export type RunComparison = {
  /** How many places differ, by number of the replay, as far as it was compared. */
  readonly changes: ReadonlyMap<number, number>;
  /** What of them could not be compared. */
  readonly omitted: string | undefined;
};

/** A replay of a run, and its answer as far as it is here. */
export type ReplayAnswer = Pick<ReplayResult, "n" | "state"> & { readonly answer: InvocationAnswer | undefined };

/** The answers of a run beside the recorded one; answers that are not complete yet are left out. */
export function compareRun(
  recorded: InvocationAnswer | undefined,
  replays: readonly ReplayAnswer[],
  ignore: readonly string[],
): RunComparison {
  if (recorded === undefined || recorded.isPartial) {
    return { changes: new Map(), omitted: undefined };
  }
  const compared = replays.flatMap(({ n, state, answer }) =>
    answer === undefined || isToCome(answer, state) || !hasAnswer(answer)
      ? []
      : [[n, compare(recorded, answer, ignore)] as const],
  );
  return {
    changes: new Map(compared.map(([n, { differences }]) => [n, differences.length])),
    omitted: compared.find(([, { omitted }]) => omitted !== undefined)?.[1].omitted,
  };
}

/**
 * Whether more of the answer to a replay that is over will be there soon. The hub may report the end a moment before it stores the response;
 * to a replay that timed out or was cancelled none may ever come.
 */
export function isToCome(answer: InvocationAnswer, state: ReplayResult["state"]): boolean {
  return answer.isPartial === true || (state === "success" && answer.row.state === "in-flight");
}
