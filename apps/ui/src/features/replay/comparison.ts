import { formatJsonNode, parseExactJson } from "@inspector/analysis/exact-json";
import { compareAnswers } from "@inspector/analysis/replay/compare";
import type { Difference } from "@inspector/analysis/replay/differences";
import { InspectorError } from "@inspector/contract/inspector-error";
import type { ReplayResult } from "@inspector/contract/intervention";
import { hasSharedMemory } from "../editor/message-parts.ts";
import type { InvocationAnswer } from "./useAnswer.ts";

export type Comparison = {
  readonly differences: readonly Difference[];
  /** The first of the paths to ignore that cannot be read as a path. */
  readonly badPath?: string;
  /** Which part of the answers could not be compared: "the same" does not cover it. */
  readonly omitted?: string;
};

/** Where two answers differ outside of the ignored paths. */
export function compare(recorded: InvocationAnswer, replayed: InvocationAnswer, ignore: readonly string[]): Comparison {
  const isReadable = (path: string) => badPathOf(path) === undefined;
  const differences = compareAnswers(sideOf(recorded), sideOf(replayed), { ignore: ignore.filter(isReadable) });
  const bad = ignore.find((path) => !isReadable(path));
  const sorted = differences.toSorted((a, b) => rankOf(a) - rankOf(b));
  const omitted = describeOmitted(recorded, replayed);
  return {
    differences: sorted,
    ...(bad !== undefined && { badPath: bad }),
    ...(omitted !== undefined && { omitted }),
  };
}

function describeOmitted(...answers: readonly InvocationAnswer[]): string | undefined {
  const reason = answers.find((answer) => answer.reason !== undefined)?.reason;
  if (reason !== undefined) {
    return `Not compared: ${reason}`;
  }
  // Type and length are all that is left of such a value.
  const isInMemory = answers.some(({ messages }) => messages.some(hasSharedMemory));
  return isInMemory ? "Values in shared memory were not compared: too large, or not copied." : undefined;
}

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

/** Whether the worker answered at all, be it too late. */
export function hasAnswer({ row }: InvocationAnswer): boolean {
  return row.state !== "in-flight" && row.state !== "lost";
}

/**
 * Whether more of the answer to a replay that is over will be there soon. The hub may report the end a moment before it stores the response;
 * to a replay that timed out or was cancelled none may ever come.
 */
export function isToCome(answer: InvocationAnswer, state: ReplayResult["state"]): boolean {
  return answer.isPartial === true || (state === "success" && answer.row.state === "in-flight");
}

/** How it ended comes first, then what was answered, then what was said meanwhile. */
const ORDER = ["status", "result", "returnValue", "outputs", "http", "exception", "logs"];

function rankOf({ path }: Difference): number {
  const rank = ORDER.findIndex((part) => path === part || path.startsWith(`${part}.`) || path.startsWith(`${part}[`));
  return rank < 0 ? ORDER.length : rank;
}

/** What is wrong with a path; undefined of one that can be ignored. */
export function badPathOf(path: string): string | undefined {
  const nobody = { invocationId: "", messages: [] };
  try {
    compareAnswers(nobody, nobody, { ignore: [path] });
    return undefined;
  } catch (error) {
    if (error instanceof InspectorError) {
      return error.message;
    }
    throw error;
  }
}

function sideOf({ row, workerId, messages, http }: InvocationAnswer) {
  return {
    invocationId: row.type === "invocation" ? row.invocationId : "",
    ...(workerId !== undefined && { known: { workerId } }),
    messages,
    ...(http && { http }),
  };
}

const STRINGS = /"(?:[^"\\]|\\.)*"/g;

/** Strings of several lines, stacks above all, in lines. What comes of it is for reading only: it is no JSON any more. */
function withLineBreaks(json: string): string {
  return json.replaceAll(STRINGS, (text) =>
    text.includes("\\n")
      ? text.replaceAll(/\\(.)/g, (escaped, letter: string) => (letter === "n" ? "\n" : escaped))
      : text,
  );
}

/** JSON text in lines, where it has parts; a text without its quotes says more. Numbers keep their digits. */
export function readableJson(text: string): string {
  const parsed = parseExactJson(text);
  if (!parsed.ok) {
    return text;
  }
  if (parsed.value.kind !== "string") {
    return withLineBreaks(formatJsonNode(parsed.value));
  }
  return parsed.value.text === "" ? '""' : parsed.value.text;
}
