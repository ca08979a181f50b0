import type { Filter, Test } from "./filter.ts";
import { findKey, LEVELS } from "./keys.ts";
import type { Pattern } from "./pattern.ts";
import { DURATION, formatQuantity } from "./quantity.ts";

/** Writes a filter so that {@link parseFilter} reads the same filter again. */
export function formatFilter(filter: Filter): string {
  switch (filter.type) {
    case "all":
      return "";
    case "and":
      return filter.items
        .map((item) => (item.type === "or" ? `(${formatFilter(item)})` : formatFilter(item)))
        .join(" ");
    case "or":
      return filter.items.map(formatFilter).join(" OR ");
    case "not":
      return isList(filter.item) ? `-(${formatFilter(filter.item)})` : `-${formatFilter(filter.item)}`;
    case "text":
      return formatPattern(filter.pattern);
    case "regex":
      return `/${filter.source}/`;
    case "match":
      return `${filter.key}:${filter.patterns.map(formatPattern).join(",")}`;
    case "choice":
      return `${filter.key}:${filter.values.join(",")}`;
    case "compare":
      return `${filter.key}:${filter.tests.map((test) => formatTest(filter.key, test)).join(",")}`;
  }
}

/** Writes a word with its wildcards, in quotes where it would be read as something else. */
export function formatPattern(pattern: Pattern): string {
  const isWord = pattern.length > 1 || !/^(|OR|AND|NOT)$/.test(pattern[0] ?? "");
  return pattern
    .map((piece) => (isWord && /^([\p{L}\p{N}_.#][\p{L}\p{N}_.#/-]*)?$/u.test(piece) ? piece : quote(piece)))
    .join("*");
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

function isList(filter: Filter): boolean {
  return filter.type === "and" || filter.type === "or";
}

function formatTest(name: string, test: Test): string {
  const key = findKey(name);
  const units = key?.type === "compare" && "units" in key ? key.units : undefined;
  const write = (value: number) => (units === undefined ? (LEVELS[value]?.name ?? "") : formatQuantity(value, units));
  if (test.operator === "..") {
    return `${write(test.value)}..${write(test.end)}`;
  }
  const isPlain = test.operator === "=" && units !== DURATION;
  return (isPlain ? "" : test.operator) + write(test.value);
}
