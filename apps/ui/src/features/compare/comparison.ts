import { formatJsonNode, parseExactJson } from "@inspector/analysis/exact-json";
import { compareAnswers } from "@inspector/analysis/replay/compare";
import type { Difference } from "@inspector/analysis/replay/differences";
import { compareRequests, MADE_UP_BY_HOST } from "@inspector/analysis/replay/request";
import { InspectorError } from "@inspector/contract/inspector-error";
import { hasSharedMemory } from "../editor/message-parts.ts";
import type { CallRequest, InvocationAnswer } from "./compared-call.ts";

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

/** What two calls were asked, side by side. */
export type InputComparison = {
  readonly differences: readonly Difference[];
  /** Why they are not compared, or not as a whole. */
  readonly omitted?: string;
};

/** @param names of the two calls in a sentence, "#7" */
export function compareInputs(
  [before, after]: readonly [CallRequest, CallRequest],
  names: readonly [string, string],
  ignore: readonly string[],
): InputComparison {
  const missing = [before, after].flatMap((call, index) =>
    call.request === undefined ? [{ call, name: names[index] }] : [],
  );
  if (before.request === undefined || after.request === undefined) {
    const [first] = missing;
    const reason = first?.call.reason;
    return {
      differences: [],
      omitted:
        missing.length === 2 && reason === undefined
          ? "Neither request was recorded, so the inputs are not compared."
          : `The request of ${first?.name} ${reason === undefined ? "was not recorded" : `cannot be compared (${reason})`}, so the inputs are not compared.`,
    };
  }
  const left = [...ignore.filter((path) => badPathOf(path) === undefined), ...MADE_UP_BY_HOST];
  const isInMemory = [before, after].some(({ request }) => hasSharedMemory(request?.message));
  return {
    differences: compareRequests(before.request, after.request, { ignore: left }),
    ...(isInMemory && { omitted: MEMORY_OMITTED }),
  };
}

const MEMORY_OMITTED = "Values in shared memory were not compared: too large, or not copied.";

function describeOmitted(...answers: readonly InvocationAnswer[]): string | undefined {
  const reason = answers.find((answer) => answer.reason !== undefined)?.reason;
  if (reason !== undefined) {
    return `Not compared: ${reason}`;
  }
  // Type and length are all that is left of such a value.
  const isInMemory = answers.some(({ messages }) => messages.some(hasSharedMemory));
  return isInMemory ? MEMORY_OMITTED : undefined;
}

/** Whether the worker answered at all, be it too late. */
export function hasAnswer({ row }: InvocationAnswer): boolean {
  return row.state !== "in-flight" && row.state !== "lost";
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
