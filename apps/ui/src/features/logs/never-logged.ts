import { listFilterTokens } from "../filter/filter-tokens.ts";

/** Keys that ask for what only answers have. */
const OF_ANSWERS: readonly string[] = ["status:", "dur:", "http:"];

/** Why no line of the log can pass a filter that was written for invocations; undefined where one can. */
export function neverLogged(filter: string): string | undefined {
  const asked = listFilterTokens(filter).find(({ type, text }) => type === "key" && OF_ANSWERS.includes(text));
  return asked && `${asked.text} is of answers, which no line of a log is: Invocations and Messages have them.`;
}
