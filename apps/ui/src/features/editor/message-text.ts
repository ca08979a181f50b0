import { type JsonNode, parseExactJson } from "@inspector/analysis/exact-json";

export type ReadText =
  | { readonly ok: true; readonly value: unknown }
  /** `offset` is in UTF-16 units. */
  | { readonly ok: false; readonly message: string; readonly offset: number };

/** A message as the text that people edit. */
export function formatMessage(message: unknown): string {
  return JSON.stringify(message, undefined, 2);
}

/** Reads an edited message. Integers that a double cannot hold become text, which proto3 JSON takes for any number. */
export function readMessageText(text: string): ReadText {
  const parsed = parseExactJson(text);
  return parsed.ok ? { ok: true, value: exactValue(parsed.value) } : parsed;
}

function exactValue(node: JsonNode): unknown {
  switch (node.kind) {
    case "object":
      return Object.fromEntries(node.entries.map(([key, value]) => [key, exactValue(value)]));
    case "array":
      return node.items.map(exactValue);
    case "number":
      return exactNumber(node.text);
    case "string":
      return node.text;
    case "literal":
      return node.text === "null" ? null : node.text === "true";
  }
}

function exactNumber(text: string): number | string {
  const isInteger = /^-?\d+$/.test(text);
  const number = Number(text);
  return (isInteger && !Number.isSafeInteger(number)) || Object.is(number, -0) ? text : number;
}

/** Whether two messages say the same; the order of an object's keys says nothing. */
export function isSameMessage(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) {
    return true;
  }
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    return false;
  }
  if (Array.isArray(a) !== Array.isArray(b)) {
    return false;
  }
  const [left, right] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
  if (left.size !== right.size) {
    return false;
  }
  return [...left].every(([key, value]) => right.has(key) && isSameMessage(value, right.get(key)));
}
