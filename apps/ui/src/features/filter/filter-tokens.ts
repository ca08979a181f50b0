/** How a stretch of a filter is coloured. */
export type FilterToken = {
  readonly type: "key" | "operator" | "quoted" | "regex" | "not" | "text";
  readonly text: string;
};

const TOKENS =
  /(?<key>[a-zA-Z]+:)|(?<operator>\bOR\b|\bAND\b|\bNOT\b|[()]|[<>]=?|\.\.)|(?<quoted>"(?:\\.|[^"\\])*"?)|(?<regex>(?<=^|[\s(-])\/(?:\\.|[^/\\])*\/?)|(?<not>(?<=^|[\s(])-)|(?<text>\s+|[^\s"()<>:/.-]+|.)/g;

/** A filter's text in coloured pieces, which together are the text. It need not be valid. */
export function listFilterTokens(text: string): FilterToken[] {
  const tokens: FilterToken[] = [];
  for (const { groups = {} } of text.matchAll(TOKENS)) {
    for (const type of ["key", "operator", "quoted", "regex", "not", "text"] as const) {
      const piece = groups[type];
      if (piece !== undefined) {
        tokens.push({ type, text: piece });
      }
    }
  }
  return tokens;
}
