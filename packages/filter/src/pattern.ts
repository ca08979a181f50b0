import { compileExpression } from "./regex.ts";

/** The literal parts between the wildcards of a word: `Order*` is `["Order", ""]`; one part is a word without wildcards. */
export type Pattern = readonly string[];

/** Where in a value a pattern has to stand. */
export type Anchor = "whole" | "start" | "anywhere";

/**
 * One question that can be asked in JavaScript and in SQL with the same answer.
 * Case is ignored for ASCII letters only, which is what SQLite's LIKE does.
 */
export type Matcher = {
  readonly test: (value: string) => boolean;
  /** A condition on the SQL expression `value`, with one parameter; NULL where the value is. */
  readonly sql: (value: string) => string;
  readonly param: string;
};

export function patternMatcher(pattern: Pattern, anchor: Anchor): Matcher {
  const before = anchor === "anywhere" ? "%" : "";
  const after = anchor === "whole" ? "" : "%";
  const pieces = [...(anchor === "anywhere" ? [""] : []), ...pattern, ...(anchor === "whole" ? [] : [""])].map(
    lowerAscii,
  );
  return {
    test: (value) => hasPieces(lowerAscii(value), pieces),
    sql: (value) => `${value} LIKE ? ESCAPE '\\'`,
    param: before + pattern.map(escapeLike).join("%") + after,
  };
}

/** @throws Error when `source` is no regular expression; parseFilter lets none through. */
export function regexMatcher(source: string): Matcher {
  const expression = compileExpression(source);
  return {
    test: (value) => expression.test(value),
    sql: (value) => `regexp(?, ${value})`,
    param: source,
  };
}

/** Not a regular expression: `*a*a*a*` would make one take exponential time. */
function hasPieces(value: string, pieces: Pattern): boolean {
  const [first = "", ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) {
    return value === first;
  }
  if (!value.startsWith(first)) {
    return false;
  }
  let position = first.length;
  for (const piece of rest) {
    const found = value.indexOf(piece, position);
    if (found < 0) {
      return false;
    }
    position = found + piece.length;
  }
  return value.length - last.length >= position && value.endsWith(last);
}

function escapeLike(piece: string): string {
  return piece.replace(/[\\%_]/g, "\\$&");
}

export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
