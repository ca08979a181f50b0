import { contentKinds } from "@inspector/proto";
import { ALL, combine, type Filter, negate, type Operator, type Test } from "./filter.ts";
import { SyntaxError as GrammarError, parse } from "./generated/parser.js";
import { type Choice, findChoice, findKey, KEY_NAMES, type Key } from "./keys.ts";
import type { Pattern } from "./pattern.ts";
import { DURATION, parseQuantity, SIZE, type Units } from "./quantity.ts";
import { compileExpression } from "./regex.ts";
import { suggest } from "./suggest.ts";
import type { KeyedNode, SyntaxNode, ValueNode } from "./syntax.ts";

/** Keeps the SQL within SQLite's limits (length of a LIKE pattern, number of parameters, depth). */
export const MAX_FILTER_LENGTH = 2000;

export type ParsedFilter =
  | { readonly ok: true; readonly filter: Filter }
  | {
      readonly ok: false;
      /** What was expected, and what to write instead. */
      readonly message: string;
      /** Where in the text it went wrong: UTF-16 code units, at most the text's length. */
      readonly offset: number;
    };

const HTTP_CLASS = /^([1-5])xx$/i;

type CompareKey = Extract<Key, { type: "compare" }>;

class FilterError extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** Reads a filter as people write it; the empty text is the filter that lets everything through. Never throws. */
export function parseFilter(text: string): ParsedFilter {
  if (text.length > MAX_FILTER_LENGTH) {
    const message = `A filter has at most ${MAX_FILTER_LENGTH} characters; this one has ${text.length}.`;
    return { ok: false, message, offset: MAX_FILTER_LENGTH };
  }
  const nul = text.indexOf("\0");
  if (nul >= 0) {
    return { ok: false, message: "The NUL character cannot be looked for: remove it.", offset: nul };
  }
  try {
    return { ok: true, filter: resolve(parse(text)) };
  } catch (error) {
    if (error instanceof FilterError) {
      const message = `${error.message}${blankAdvice(text, error.offset)}`;
      return { ok: false, message, offset: error.offset };
    }
    if (error instanceof GrammarError) {
      return { ok: false, message: error.message, offset: error.location.start.offset };
    }
    throw error;
  }
}

/** A blank behind the colon parts a key from its value. */
function blankAdvice(text: string, offset: number): string {
  const [, key] = /([a-z]+):$/i.exec(text.slice(0, offset)) ?? [];
  const [, value] = /^\s+([^\s:()]+)(?=\s|$)/.exec(text.slice(offset)) ?? [];
  return key === undefined || value === undefined ? "" : ` No blank stands between them: ${key}:${value}.`;
}

function resolve(node: SyntaxNode): Filter {
  switch (node.type) {
    case "all":
      return ALL;
    case "and":
    case "or":
      return combine(node.type, node.items.map(resolve));
    case "not":
      return negate(resolve(node.item));
    case "text":
      return { type: "text", pattern: freeText(node.pieces, node.offset) };
    case "regex":
      return { type: "regex", source: checkedRegex(node.source, node.offset) };
    case "keyed":
      return resolveKeyed(node);
  }
}

function freeText(pieces: readonly string[], offset: number): Pattern {
  const pattern = toPattern(pieces);
  if (pattern.length === 1 && pattern[0] === "") {
    throw new FilterError("There is no text between the quotes.", offset);
  }
  return pattern;
}

function checkedRegex(source: string, offset: number): string {
  try {
    compileExpression(source);
    return source;
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^error parsing regexp: /, "") : String(error);
    throw new FilterError(
      `This regular expression cannot be read (${reason}); look-around and back-references are not possible. To look for the text itself, put it in quotes.`,
      offset,
    );
  }
}

function resolveKeyed(node: KeyedNode): Filter {
  const key = findKey(node.key);
  if (key === undefined) {
    throw unknownKey(node);
  }
  const statuses = key.name === "status" ? node.values.filter(isHttpStatus) : [];
  if (statuses.length > 0) {
    const others = node.values.filter((value) => !statuses.includes(value));
    const http = resolveKeyed({ ...node, key: "http", values: statuses });
    return others.length === 0 ? http : combine("or", [resolveKeyed({ ...node, values: others }), http]);
  }
  for (const value of node.values) {
    checkValue(key, value);
  }
  switch (key.type) {
    case "match":
      return { type: "match", key: key.name, patterns: node.values.map((value) => matchPattern(key, value)) };
    case "choice":
      return {
        type: "choice",
        key: key.name,
        values: node.values.map((value) => choose(key, key.choices, value).name),
      };
    case "compare":
      return { type: "compare", key: key.name, tests: node.values.map((value) => compareTest(key, value)) };
  }
}

/** "500", "5xx" or "400..599": people write the status of an HTTP answer behind either key. */
function isHttpStatus({ pieces, isQuoted }: ValueNode): boolean {
  const text = pieces.join("*");
  return !isQuoted && (/^\d+(\.\.\d+)?$/.test(text) || HTTP_CLASS.test(text));
}

function unknownKey(node: KeyedNode): FilterError {
  const best = suggest(node.key, KEY_NAMES);
  const advice = best === undefined ? `There are ${listed(KEY_NAMES, "and")}.` : `Did you mean ${best}:?`;
  return new FilterError(
    `There is no filter "${node.key}:". ${advice} To look for the text itself, put it in quotes.`,
    node.offset,
  );
}

function checkValue(key: Key, value: ValueNode): void {
  if (value.isEmpty) {
    throw new FilterError(`After ${key.name}: comes a value, as in ${key.example}.`, value.offset);
  }
  if (key.type === "compare") {
    return;
  }
  if (value.operator !== "") {
    const advice = `${key.name}: cannot be compared with ${value.operator}; write it as in ${key.example}.`;
    throw new FilterError(`${advice} A value that begins with ${value.operator} goes in quotes.`, value.offset);
  }
}

function matchPattern(key: Key, value: ValueNode): Pattern {
  const pattern = toPattern(value.pieces);
  const [whole = ""] = pattern;
  if (key.name !== "kind" || pattern.length > 1 || /^$|[#/]/.test(whole)) {
    return pattern;
  }
  const names = ["undecodable", ...contentKinds.map(({ name }) => name)];
  const lower = whole.toLowerCase();
  if (names.includes(lower)) {
    return pattern;
  }
  const isStart = names.some((name) => name.startsWith(lower));
  const best = isStart ? `${lower}*` : suggest(whole, names);
  const advice = best === undefined ? `Kinds are named as in ${key.example}.` : `Did you mean kind:${best}?`;
  throw new FilterError(`No kind of message is called "${whole}". ${advice}`, value.offset);
}

function choose(key: Key, choices: readonly Choice[], value: ValueNode): Choice {
  const text = value.pieces.join("*");
  const choice = findChoice(choices, text);
  if (choice !== undefined) {
    return choice;
  }
  const names = choices.map(({ name }) => name);
  const best = suggest(text, names);
  const advice = best === undefined ? "" : ` Did you mean ${best}?`;
  throw new FilterError(`${key.name}: is ${listed(names, "or")}, not "${text}".${advice}`, value.offset);
}

function compareTest(key: CompareKey, value: ValueNode): Test {
  const text = value.pieces.join("*");
  if ("choices" in key) {
    return { operator: value.operator || "=", value: key.choices.indexOf(choose(key, key.choices, value)) };
  }
  const hundreds = key.name === "http" ? HTTP_CLASS.exec(text)?.[1] : undefined;
  if (hundreds !== undefined) {
    return classTest(Number(hundreds) * 100, value.operator);
  }
  const [start = "", end, ...more] = text.split("..");
  if (end !== undefined && more.length === 0 && value.operator === "") {
    return { operator: "..", value: quantity(key, key.units, start, value), end: quantity(key, key.units, end, value) };
  }
  return { operator: operatorOf(key, key.units, value, text), value: quantity(key, key.units, text, value) };
}

/** "5xx" is 500..599, ">=4xx" is >=400, ">4xx" is >=500. */
function classTest(first: number, operator: ValueNode["operator"]): Test {
  switch (operator) {
    case ">=":
    case "<":
      return { operator, value: first };
    case ">":
      return { operator: ">=", value: first + 100 };
    case "<=":
      return { operator: "<", value: first + 100 };
    default:
      return { operator: "..", value: first, end: first + 99 };
  }
}

/** Nothing takes exactly 2 s to the nanosecond, so times without a sign are more likely a mistake than meant. */
function operatorOf(key: Key, units: Units, value: ValueNode, text: string): Operator {
  if (value.operator !== "") {
    return value.operator;
  }
  if (units !== DURATION || parseQuantity(text, units) === undefined) {
    return "=";
  }
  const { name } = key;
  throw new FilterError(
    `Say on which side of it: ${name}:>${text}, ${name}:<${text} or a range, ${name}:1s..2s.`,
    value.offset,
  );
}

function quantity(key: Key, units: Units, text: string, value: ValueNode): number {
  const number = parseQuantity(text, units);
  if (number !== undefined) {
    return number;
  }
  const names = units.map(([name]) => name);
  const what =
    units === DURATION
      ? `a time in ${listed(names, "or")}`
      : units === SIZE
        ? `a size in ${listed(names, "or")}`
        : "a number";
  throw new FilterError(`${key.name}: takes ${what}, as in ${key.example}; "${text}" is none.`, value.offset);
}

/** Two wildcards in a row say no more than one. */
function toPattern(pieces: readonly string[]): Pattern {
  return pieces.filter((piece, index) => piece !== "" || index === 0 || index === pieces.length - 1);
}

function listed(names: readonly string[], word: "and" | "or"): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} ${word} ${names.at(-1)}`;
}
