/** JSON whose numbers keep their digits: what is compared must not be rounded first. */

/** A number as it was written: 9007199254740993, 1.0 and 1e300 are all themselves. */
export type ExactNumber = { readonly number: string };

/** Objects are maps, so that no key is special. */
export type ExactValue = string | boolean | null | ExactNumber | readonly ExactValue[] | ExactObject;

export type ExactObject = ReadonlyMap<string, ExactValue>;

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/gsu;

/** What is nested deeper stays text: it is walked by recursion. */
const MAX_DEPTH = 500;

/** @returns undefined where the text is no JSON, or nested too deeply */
export function parseExactJson(text: string): ExactValue | undefined {
  try {
    JSON.parse(text);
    // Texts and numbers become texts that say which they were; the standard parser does the rest.
    const marked = text.replace(TOKEN, (token) => (token[0] === '"' ? `"s${token.slice(1)}` : `"n${token}"`));
    return unmarked(JSON.parse(marked), 0);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) {
      return undefined;
    }
    throw error;
  }
}

/** @throws {RangeError} where it is nested too deeply */
function unmarked(value: unknown, depth: number): ExactValue {
  if (depth > MAX_DEPTH) {
    throw new RangeError("nested too deeply");
  }
  if (typeof value === "string") {
    return value[0] === "n" ? { number: value.slice(1) } : value.slice(1);
  }
  if (Array.isArray(value)) {
    return value.map((item) => unmarked(item, depth + 1));
  }
  if (typeof value === "object" && value !== null) {
    return new Map(Object.entries(value).map(([key, member]) => [key.slice(1), unmarked(member, depth + 1)]));
  }
  return value === true || value === false ? value : null;
}

/** Of parsed JSON whose numbers were never large, such as that of a message. */
export function exactValueOf(value: unknown): ExactValue {
  if (typeof value === "string" || typeof value === "boolean") {
    return value;
  }
  if (typeof value === "number") {
    return { number: String(value) };
  }
  if (Array.isArray(value)) {
    return value.map(exactValueOf);
  }
  if (typeof value === "object" && value !== null) {
    return new Map(Object.entries(value).map(([key, member]) => [key, exactValueOf(member)]));
  }
  return null;
}

export function isExactObject(value: ExactValue | undefined): value is ExactObject {
  return value instanceof Map;
}

export function isExactList(value: ExactValue | undefined): value is readonly ExactValue[] {
  return Array.isArray(value);
}

/** JSON text with the keys in order, so that equal values have equal texts. */
export function formatExactJson(value: ExactValue): string {
  if (isExactList(value)) {
    return `[${value.map(formatExactJson).join(",")}]`;
  }
  if (isExactObject(value)) {
    const members = [...value].sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${formatExactJson(member)}`).join(",")}}`;
  }
  if (typeof value === "object" && value !== null) {
    return value.number;
  }
  return JSON.stringify(value);
}
