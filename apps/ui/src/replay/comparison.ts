import { compareAnswers, type Difference, InspectorError } from "@inspector/session";
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
  return bad === undefined ? { differences } : { differences, badPath: bad };
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

function sideOf({ row, messages }: InvocationAnswer) {
  return { invocationId: row.type === "invocation" ? row.invocationId : "", messages };
}

/** JSON text in lines, where it has parts; a text without its quotes says more. */
export function readableJson(text: string): string {
  const value: unknown = /^["[{]/.test(text) && isExact(text) ? JSON.parse(text) : undefined;
  if (typeof value === "string") return value === "" ? '""' : value;
  return value === undefined ? text : JSON.stringify(value, undefined, 2);
}

/** Whether nothing is lost by reading it as doubles. */
function isExact(text: string): boolean {
  return !/\d{16,}|\d[eE.]\d/.test(text);
}
