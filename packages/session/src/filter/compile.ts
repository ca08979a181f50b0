import { contentKinds, KIND_EMPTY, KIND_UNDECODABLE } from "@inspector/proto";
import { FLAG_COMPRESSED, FLAG_TRUNCATED } from "../schema.ts";
import {
  anywhereCondition,
  functionCondition,
  IS_UNKNOWN_KIND,
  idCondition,
  kindCondition,
  workerCondition,
} from "./columns.ts";
import type { CompareKey, Filter, MatchKey, Term, Test } from "./filter.ts";
import { definite, type Fragment, fragment, join } from "./fragment.ts";
import { STATUSES } from "./keys.ts";
import { type Matcher, type Pattern, patternMatcher, regexMatcher } from "./pattern.ts";

export type CompileOptions = {
  /** Only rows behind this sequence number. */
  readonly after?: number;
  /** How a word or text is found in row `m`; by default in the row's own columns, without an index. */
  readonly textSearch?: (pattern: Pattern) => Fragment;
};

/**
 * A condition on table `message` under the alias `m`, for `SELECT m.seq FROM message m WHERE …`. Nothing that a person wrote is part
 * of the SQL: it is all in `params`. The condition is 1 or 0, never NULL.
 *
 * A regular expression needs the SQL function `regexp(pattern, text)` on the connection: NULL where the text is NULL, else 1 or 0 for
 * JavaScript's `new RegExp(pattern, "i").test(text)`.
 *
 * Whether a row matches depends on it and on what crossed before it, so that "the rows after N" can be asked for piece by piece. The exceptions
 * are `worker:`, which also finds the first messages of a worker once its id and runtime are known, and `is:dropped`.
 */
export function compileFilter(
  filter: Filter,
  options: CompileOptions = {},
): { readonly sql: string; readonly params: readonly (string | number)[] } {
  const condition = compile(filter, options);
  if (options.after === undefined) return condition;
  return join([fragment("m.seq > ?", options.after), condition], "AND");
}

function compile(filter: Filter, options: CompileOptions): Fragment {
  switch (filter.type) {
    case "all":
      return fragment("1");
    case "and":
    case "or": {
      const items = filter.items.map((item) => compile(item, options));
      return join(items, filter.type === "and" ? "AND" : "OR");
    }
    case "not": {
      const { sql, params } = compile(filter.item, options);
      return { sql: `(NOT ${sql})`, params };
    }
    default:
      return definite(compileTerm(filter, options));
  }
}

function compileTerm(term: Term, options: CompileOptions): Fragment {
  switch (term.type) {
    case "text":
      return options.textSearch?.(term.pattern) ?? anywhereCondition(patternMatcher(term.pattern, "anywhere"));
    case "regex":
      return anywhereCondition(regexMatcher(term.source));
    case "match":
      return any(term.patterns, (pattern) => matchCondition(term.key, pattern));
    case "choice":
      return any(term.values, (value) => CHOICES[term.key](value));
    case "compare":
      return any(term.tests, (test) => compareCondition(term.key, test));
  }
}

function any<T>(values: readonly T[], condition: (value: T) => Fragment): Fragment {
  return join(values.map(condition), "OR");
}

function matchCondition(key: MatchKey, pattern: Pattern): Fragment {
  const whole = patternMatcher(pattern, "whole");
  switch (key) {
    case "kind":
      return kindCondition(whole);
    case "fn":
      return functionCondition(whole, "name");
    case "trigger":
      return functionCondition(whole, "trigger");
    case "worker":
      return workerCondition(patternMatcher(pattern, "start"), whole);
    case "id":
      return idCondition(patternMatcher(pattern, "start"));
    case "category":
      return onColumn("m.category", whole);
    case "text":
      return onColumn("m.text", patternMatcher(pattern, "anywhere"));
  }
}

function onColumn(column: string, matcher: Matcher): Fragment {
  return fragment(matcher.sql(column), matcher.param);
}

const COLUMNS: Readonly<Record<CompareKey, string>> = {
  level: "m.level",
  size: "m.size",
  at: "m.at",
  stream: "m.stream",
  // Known when the answer crosses, so it is the answer that matches.
  dur: "(SELECT i.duration FROM invocation i WHERE i.id = m.invocation AND i.answered_seq = m.seq)",
};

function compareCondition(key: CompareKey, test: Test): Fragment {
  const column = COLUMNS[key];
  if (test.operator === "..") return fragment(`(${column}) BETWEEN ? AND ?`, test.value, test.end);
  return fragment(`(${column}) ${test.operator} ?`, test.value);
}

const REQUEST = /_request(_collection)?$/;
const RESPONSE = /_response(_collection)?$/;

/** One entry for each choice in keys.ts. */
const TRAIT_SQL: Readonly<Record<string, string>> = {
  error: "(ifnull(m.status = 0, 0) OR ifnull(m.level IN (4, 5), 0))",
  log: "m.kind = 2",
  request: kindIn(REQUEST),
  response: kindIn(RESPONSE),
  empty: `m.kind = ${KIND_EMPTY}`,
  unknown: IS_UNKNOWN_KIND,
  undecodable: `m.kind = ${KIND_UNDECODABLE}`,
  compressed: `(m.flags & ${FLAG_COMPRESSED}) <> 0`,
  truncated: `(m.flags & ${FLAG_TRUNCATED}) <> 0`,
  dropped: "m.body <= ifnull((SELECT CAST(value AS INTEGER) FROM session WHERE key = 'dropped_through'), 0)",
};

const CHOICES = {
  status: (name: string) =>
    fragment(
      "m.status = ?",
      STATUSES.findIndex((status) => status.name === name),
    ),
  side: (name: string) => fragment("m.side = ?", name === "host" ? 0 : 1),
  is: (name: string) => fragment(TRAIT_SQL[name] ?? "0"),
} as const;

function kindIn(names: RegExp): string {
  const numbers = contentKinds.filter(({ name }) => names.test(name)).map(({ number }) => number);
  return `m.kind IN (${numbers.join(", ")})`;
}
