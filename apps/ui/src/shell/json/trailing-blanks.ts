import type { AnsiSpan } from "../format/ansi.ts";

/** Blanks before the end of a line. Only the first of a run is tried, so that a long run inside of a line costs its length once. */
const BEFORE_NEWLINE = /(?<![ \t\u00a0])([ \t\u00a0]+)(?=\n)/g;
const BEFORE_END = /(?<![ \t\u00a0])([ \t\u00a0]+)(?=\n|$)/g;

/**
 * Cuts text at the blanks that end its lines: parts of odd index are such blanks, those of even index the rest.
 * @param isAtEnd whether the text's own end is the end of a line
 */
export function cutTrailingBlanks(text: string, isAtEnd = true): readonly string[] {
  return text.split(isAtEnd ? BEFORE_END : BEFORE_NEWLINE);
}

/** Of each span, whether a line ends with it: nothing but blanks follows until the next newline, or the end of all. */
export function endsOfLines(spans: readonly Pick<AnsiSpan, "text">[]): readonly boolean[] {
  const ends: boolean[] = [];
  let isEnd = true;
  for (const { text } of spans.toReversed()) {
    ends.push(isEnd);
    isEnd = /^[ \t\u00a0]*\n/.test(text) || (isEnd && /^[ \t\u00a0]*$/.test(text));
  }
  return ends.toReversed();
}
