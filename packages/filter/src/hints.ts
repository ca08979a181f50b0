import { parse } from "./generated/parser.js";
import { findKey } from "./keys.ts";
import type { Token } from "./syntax.ts";

/** Something that a filter may have been meant to say. */
export type Hint = {
  /** What is written, and what it means: a sentence. */
  readonly message: string;
  /** What the hint would have written instead of it: a piece of the filter. */
  readonly piece: string;
  /** The whole filter with that piece. */
  readonly filter: string;
};

/** Values of these keys are whole, as long as no "*" stands in them. */
const WHOLE_KEYS: readonly string[] = ["fn", "trigger", "category"];

const WORDS: readonly string[] = ["or", "and", "not"];

/** What people write who mean something else, for a filter that nothing passes. The filter need not be valid. */
export function hintsFor(text: string): readonly Hint[] {
  const tokens: readonly Token[] = parse(text, { startRule: "Tokens" });
  return tokens.flatMap((token, index): Hint[] => {
    const written = text.slice(token.from, token.to);
    if (token.type === "value") {
      return wholeValueHint(text, token, written);
    }
    const hasNeighbour = index < tokens.length - 1 && (index > 0 || written.toLowerCase() === "not");
    return token.type === "word" && hasNeighbour ? wordHint(text, token, written) : [];
  });
}

function wholeValueHint(text: string, token: { readonly key: string; readonly to: number }, written: string): Hint[] {
  const key = findKey(token.key)?.name ?? "";
  if (!WHOLE_KEYS.includes(key) || written === "" || /["*]/.test(written)) {
    return [];
  }
  const piece = `${key}:${written}*`;
  return [
    {
      message: `${key}:${written} is the whole ${key === "fn" ? "name" : key}, ${piece} its beginning.`,
      piece,
      filter: `${text.slice(0, token.to)}*${text.slice(token.to)}`,
    },
  ];
}

function wordHint(text: string, { from, to }: Token, written: string): Hint[] {
  const keyword = written.toUpperCase();
  if (written === keyword || !WORDS.includes(written.toLowerCase())) {
    return [];
  }
  return [
    {
      message: `"${written}" is looked for as a word; ${keyword} in capitals combines conditions.`,
      piece: keyword,
      filter: text.slice(0, from) + keyword + text.slice(to),
    },
  ];
}
