import { type JsonNode, parseExactJson, toJsonNode } from "../exact-json/exact-json.ts";

/** A number as it was written: 9007199254740993, 1.0 and 1e300 are all themselves. */
export type ExactNumber = { readonly number: string };

/**
 * A JSON value in the form in which two are compared: numbers digit for digit, objects as maps, so that the order of
 * keys does not matter and no key is special. Of a key that occurs twice, the last value counts, as in `JSON.parse`.
 */
export type ExactValue = string | boolean | null | ExactNumber | readonly ExactValue[] | ExactObject;

export type ExactObject = ReadonlyMap<string, ExactValue>;

/** The value that a JSON text stands for; undefined where the text is not JSON, or nested too deeply to be walked. */
export function parseExactValue(text: string): ExactValue | undefined {
  const parsed = parseExactJson(text);
  return parsed.ok ? fromNode(parsed.value) : undefined;
}

/** The same of JSON that was parsed already, and whose numbers a double holds: the proto3 JSON of a message. */
export function exactValueOf(value: unknown): ExactValue {
  return fromNode(toJsonNode(value));
}

function fromNode(node: JsonNode): ExactValue {
  switch (node.kind) {
    case "object":
      return new Map(node.entries.map(([key, member]) => [key, fromNode(member)]));
    case "array":
      return node.items.map(fromNode);
    case "number":
      return { number: node.text };
    case "string":
      return node.text;
    case "literal":
      return node.text === "null" ? null : node.text === "true";
  }
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
