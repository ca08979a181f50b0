import { findStringEnd } from "./string-end.ts";

/**
 * JSON as it was written: numbers keep their digits (9007199254740993 stays itself, which `JSON.parse` would round),
 * objects keep the order of their keys and also keys that occur twice.
 */
export type JsonNode =
  | { readonly kind: "object"; readonly entries: readonly (readonly [string, JsonNode])[] }
  | { readonly kind: "array"; readonly items: readonly JsonNode[] }
  | { readonly kind: "string"; readonly text: string }
  | { readonly kind: "number"; readonly text: string }
  | { readonly kind: "literal"; readonly text: "true" | "false" | "null" };

export type ParsedJson =
  | { readonly ok: true; readonly value: JsonNode }
  | { readonly ok: false; readonly offset: number; readonly message: string };

/** Levels of nesting that are read: every reader of the tree recurses, and a deeper text would exhaust the stack. */
const MAX_DEPTH = 400;

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERAL = /true|false|null/y;

/**
 * Reads a JSON text of any length. Never throws; `offset` is where the text stops being JSON, in UTF-16 units.
 *
 * @example parseExactJson('{"id":9007199254740993}') // entries: [["id", { kind: "number", text: "9007199254740993" }]]
 */
export function parseExactJson(text: string): ParsedJson {
  const reader = new Reader(text);
  try {
    const value = reader.readValue(0);
    reader.skipSpace();
    if (reader.position < text.length) {
      reader.fail("more text after the value");
    }
    return { ok: true, value };
  } catch (error) {
    if (!(error instanceof SyntaxFailure)) {
      throw error;
    }
    return { ok: false, offset: error.offset, message: error.message };
  }
}

class SyntaxFailure extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

class Reader {
  position = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  fail(message: string): never {
    throw new SyntaxFailure(message, this.position);
  }

  skipSpace(): void {
    this.#take(SPACE);
  }

  readValue(depth: number): JsonNode {
    if (depth > MAX_DEPTH) {
      this.fail(`nested deeper than ${MAX_DEPTH}`);
    }
    this.skipSpace();
    const first = this.#text[this.position];
    if (first === "{") {
      return { kind: "object", entries: this.#readMembers(depth) };
    }
    if (first === "[") {
      return { kind: "array", items: this.#readItems(depth) };
    }
    if (first === '"') {
      return { kind: "string", text: this.#readString() };
    }
    const literal = this.#take(LITERAL);
    if (literal === "true" || literal === "false" || literal === "null") {
      return { kind: "literal", text: literal };
    }
    return { kind: "number", text: this.#take(NUMBER) ?? this.fail("a value is missing") };
  }

  #readMembers(depth: number): (readonly [string, JsonNode])[] {
    const entries: (readonly [string, JsonNode])[] = [];
    this.position++;
    this.skipSpace();
    if (this.#accept("}")) {
      return entries;
    }
    do {
      this.skipSpace();
      const key = this.#readString();
      this.skipSpace();
      if (!this.#accept(":")) {
        this.fail('":" is missing');
      }
      entries.push([key, this.readValue(depth + 1)]);
      this.skipSpace();
    } while (this.#accept(","));
    if (!this.#accept("}")) {
      this.fail('"}" is missing');
    }
    return entries;
  }

  #readItems(depth: number): JsonNode[] {
    const items: JsonNode[] = [];
    this.position++;
    this.skipSpace();
    if (this.#accept("]")) {
      return items;
    }
    do {
      items.push(this.readValue(depth + 1));
      this.skipSpace();
    } while (this.#accept(","));
    if (!this.#accept("]")) {
      this.fail('"]" is missing');
    }
    return items;
  }

  #readString(): string {
    const start = this.position;
    const end = this.#text[start] === '"' ? findStringEnd(this.#text, start + 1) : undefined;
    const text = end === undefined ? undefined : unquote(this.#text.slice(start, end));
    if (end === undefined || text === undefined) {
      return this.fail("a string is missing or not closed");
    }
    this.position = end;
    return text;
  }

  #accept(character: string): boolean {
    if (this.#text[this.position] !== character) {
      return false;
    }
    this.position++;
    return true;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const match = pattern.exec(this.#text)?.[0];
    this.position += match?.length ?? 0;
    return match;
  }
}

/** The text of a quoted string; undefined where an escape sequence in it is not JSON's. */
function unquote(quoted: string): string | undefined {
  if (!quoted.includes("\\")) {
    return quoted.slice(1, -1);
  }
  try {
    const text: string = JSON.parse(quoted);
    return text;
  } catch {
    return undefined;
  }
}

/** The same tree for a value that was parsed already (proto3 JSON has its 64-bit integers as strings). */
export function toJsonNode(value: unknown): JsonNode {
  if (typeof value === "string") {
    return { kind: "string", text: value };
  }
  if (typeof value === "number") {
    return { kind: "number", text: String(value) };
  }
  if (typeof value === "boolean") {
    return { kind: "literal", text: value ? "true" : "false" };
  }
  if (Array.isArray(value)) {
    return { kind: "array", items: value.map(toJsonNode) };
  }
  if (typeof value === "object" && value !== null) {
    return { kind: "object", entries: Object.entries(value).map(([key, item]) => [key, toJsonNode(item)]) };
  }
  return { kind: "literal", text: "null" };
}

/** Writes the tree as JSON again, indented by two, every number with its own digits. */
export function formatJsonNode(node: JsonNode, indent = ""): string {
  const inner = `${indent}  `;
  if (node.kind === "object") {
    const lines = node.entries.map(([key, value]) => `${inner}${JSON.stringify(key)}: ${formatJsonNode(value, inner)}`);
    return lines.length === 0 ? "{}" : `{\n${lines.join(",\n")}\n${indent}}`;
  }
  if (node.kind === "array") {
    const lines = node.items.map((item) => inner + formatJsonNode(item, inner));
    return lines.length === 0 ? "[]" : `[\n${lines.join(",\n")}\n${indent}]`;
  }
  return node.kind === "string" ? JSON.stringify(node.text) : node.text;
}
