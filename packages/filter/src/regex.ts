import { RE2JS } from "re2js";

/** A regular expression that takes time in proportion to the text, whatever it is: it never backtracks. */
export type Expression = {
  test(text: string): boolean;
  /** Start and end of every match that is not empty. */
  ranges(text: string): [start: number, end: number][];
};

/** Expressions that are asked of every row of a session, by their sources: a filter has a few of them. */
const KEPT = 16;
const compiled = new Map<string, Expression>();

/**
 * Compiles a regular expression, without regard to case. JavaScript's syntax, except for what only backtracking can
 * answer: look-around `(?=…)`, `(?<=…)` and back-references `\1`.
 * @throws Error with the reason where it cannot be read
 */
export function compileExpression(source: string): Expression {
  const known = compiled.get(source);
  if (known !== undefined) {
    return known;
  }
  const pattern = RE2JS.compile(RE2JS.translateRegExp(source), RE2JS.CASE_INSENSITIVE);
  const expression: Expression = {
    test: (text) => pattern.test(text),
    ranges(text) {
      const found: [number, number][] = [];
      const matcher = pattern.matcher(text);
      while (matcher.find()) {
        if (matcher.end() > matcher.start()) {
          found.push([matcher.start(), matcher.end()]);
        }
      }
      return found;
    },
  };
  const [oldest] = compiled.keys();
  if (compiled.size >= KEPT && oldest !== undefined) {
    compiled.delete(oldest);
  }
  compiled.set(source, expression);
  return expression;
}
