/** A filter's text in three parts: before, the part that is wrong, and after. */
export type MarkedFilter = readonly [before: string, wrong: string, after: string];

/**
 * The word at `offset` is what is marked; at the end of the text, or on a space, one character is, so that there is
 * something to see.
 */
export function markError(text: string, offset: number): MarkedFilter {
  const start = Math.min(Math.max(0, offset), text.length);
  const word = /^[^\s()]+/.exec(text.slice(start))?.[0] ?? text.slice(start, start + 1);
  const wrong = word === "" ? "\u00a0\u00a0" : word;
  return [text.slice(0, start), wrong, text.slice(start + word.length)];
}
