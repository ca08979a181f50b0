import { compareAnswers, type Difference, InspectorError } from "@inspector/session";
import { formatJsonNode, parseExactJson } from "../json/exact-json.ts";
import type { InvocationAnswer } from "./useAnswer.ts";

export type Comparison = {
  readonly differences: readonly Difference[];
  /** Of the paths to ignore, the one that is none. */
  readonly badPath?: string;
};

/** Where two answers differ outside of the ignored paths. */
export function compare(recorded: InvocationAnswer, replayed: InvocationAnswer, ignore: readonly string[]): Comparison {
  const isReadable = (path: string) => badPathOf(path) === undefined;
  const differences = compareAnswers(sideOf(recorded), sideOf(replayed), { ignore: ignore.filter(isReadable) });
  const bad = ignore.find((path) => !isReadable(path));
  const sorted = differences.toSorted((a, b) => rankOf(a) - rankOf(b));
  return bad === undefined ? { differences: sorted } : { differences: sorted, badPath: bad };
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
    if (error instanceof InspectorError) return error.message;
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

/** JSON text in lines, where it has parts; a text without its quotes says more. Numbers keep their digits. */
export function readableJson(text: string): string {
  const parsed = parseExactJson(text);
  if (!parsed.ok) return text;
  if (parsed.value.kind !== "string") return formatJsonNode(parsed.value);
  return parsed.value.text === "" ? '""' : parsed.value.text;
}
