import { parseExactJson } from "@inspector/analysis/exact-json";

/** How a JSON text on one line is spaced: `{"a":1,"b":2}` or `{"a": 1, "b": 2}`. */
export type LineStyle = { readonly comma: "," | ", "; readonly colon: ":" | ": " };

const STYLES: readonly LineStyle[] = [
  { comma: ",", colon: ":" },
  { comma: ", ", colon: ": " },
];

/** Where a string begins, a sign, and a number or literal: all of a JSON text but its blanks. */
const TOKEN = /["{}[\]:,]|[^\s{}[\]:,"]+/gu;

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

/**
 * @param text is JSON
 * @param known strings that are in it in any case: what is typed is not JSON at all times
 */
export function listInnerJson(text: string, known: ReadonlySet<number>): readonly InnerJson[] {
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
  const place = placesIn(text)[index];
  return place === undefined ? text : text.slice(0, place.start) + JSON.stringify(value) + text.slice(place.end);
}

function tokensOf(text: string): readonly string[] {
  return placesIn(text).map(({ start, end }) => text.slice(start, end));
}

function placesIn(text: string): readonly { readonly start: number; readonly end: number }[] {
  const places = [];
  const token = new RegExp(TOKEN);
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    if (found[0] === '"') {
      token.lastIndex = endOfString(text, found.index);
    }
    places.push({ start: found.index, end: token.lastIndex });
  }
  return places;
}

/** An expression would remember every character on its way, and there may be millions. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') {
    at += text[at] === "\\" ? 2 : 1;
  }
  return Math.min(at + 1, text.length);
}

function stringOf(token: string): string {
  const parsed = parseExactJson(token);
  return parsed.ok && parsed.value.kind === "string" ? parsed.value.text : "";
}
