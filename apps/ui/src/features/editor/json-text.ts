import { parseExactJson } from "@inspector/analysis/exact-json";

/** How a JSON text on one line is spaced: `{"a":1,"b":2}` or `{"a": 1, "b": 2}`. */
export type LineStyle = { readonly comma: "," | ", "; readonly colon: ":" | ": " };

const STYLES: readonly LineStyle[] = [
  { comma: ",", colon: ":" },
  { comma: ", ", colon: ": " },
];

/** Strings, signs, and numbers and literals: all of a JSON text but its blanks. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/gu;

/** Undefined for what is no object or array, has several lines, or blanks that {@link inStyle} would not write again. */
export function styleOf(text: string): LineStyle | undefined {
  return isJsonContainer(text) ? STYLES.find((style) => inStyle(text, style) === text) : undefined;
}

/** A JSON text on one line. Nothing but blanks changes: strings keep their escapes, numbers their digits, keys their order. */
export function inStyle(text: string, { comma, colon }: LineStyle): string {
  return tokensOf(text)
    .map((token) => (token === "," ? comma : token === ":" ? colon : token))
    .join("");
}

/** The same with a line for each member and item. */
export function inLines(text: string): string {
  let depth = 0;
  let before = "";
  let written = "";
  const newLine = () => `\n${"  ".repeat(depth)}`;
  for (const token of tokensOf(text)) {
    const isEnd = token === "}" || token === "]";
    const isAfterStart = before === "{" || before === "[";
    depth -= Number(isEnd);
    const isOnNewLine = isEnd ? !isAfterStart : isAfterStart || before === ",";
    written += `${isOnNewLine ? newLine() : ""}${token}${token === ":" ? " " : ""}`;
    depth += Number(token === "{" || token === "[");
    before = token;
  }
  return written;
}

export function isJsonContainer(text: string): boolean {
  return /^\s*[{[]/u.test(text) && parseExactJson(text).ok;
}

/** A string in a JSON text that is JSON itself. */
export type InnerJson = {
  /** Which of the text's strings it is: the same whatever it is changed to. */
  readonly index: number;
  /** The key it stands under; "" for an item of an array. */
  readonly name: string;
  readonly text: string;
};

/** @param known strings that are in it in any case: what is typed is not JSON at all times */
export function listInnerJson(text: string, known: ReadonlySet<number>): readonly InnerJson[] {
  if (!parseExactJson(text).ok) {
    return [];
  }
  const tokens = tokensOf(text);
  return tokens.flatMap((token, index) => {
    if (!token.startsWith('"') || tokens[index + 1] === ":") {
      return [];
    }
    const value = stringOf(token);
    const name = tokens[index - 1] === ":" ? stringOf(tokens[index - 2] ?? "") : "";
    return known.has(index) || isJsonContainer(value) ? [{ index, name, text: value }] : [];
  });
}

/** The JSON text with another value for one of its strings; all else is as it was, to the blank. */
export function withInnerJson(text: string, index: number, value: string): string {
  let at = -1;
  return text.replace(TOKEN, (token) => {
    at += 1;
    return at === index ? JSON.stringify(value) : token;
  });
}

function tokensOf(text: string): readonly string[] {
  return text.match(TOKEN) ?? [];
}

function stringOf(token: string): string {
  const parsed = parseExactJson(token);
  return parsed.ok && parsed.value.kind === "string" ? parsed.value.text : "";
}
