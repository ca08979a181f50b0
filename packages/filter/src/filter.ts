import type { Pattern } from "./pattern.ts";

/** A filter that has been checked: every key exists and every value means something. */
export type Filter =
  | { readonly type: "all" }
  | { readonly type: "and" | "or"; readonly items: readonly Filter[] }
  | { readonly type: "not"; readonly item: Filter }
  | Term;

export type Term =
  /** Looked for anywhere: text, kind, function, category, ids. */
  | { readonly type: "text"; readonly pattern: Pattern }
  /** A regular expression as regex.ts reads it, without regard to case, looked for where "text" is. */
  | { readonly type: "regex"; readonly source: string }
  | { readonly type: "match"; readonly key: MatchKey; readonly patterns: readonly Pattern[] }
  | { readonly type: "choice"; readonly key: ChoiceKey; readonly values: readonly string[] }
  | { readonly type: "compare"; readonly key: CompareKey; readonly tests: readonly Test[] };

export type MatchKey = "kind" | "fn" | "trigger" | "worker" | "id" | "category" | "text";

export type ChoiceKey = "status" | "side" | "is";

export type CompareKey = "level" | "dur" | "size" | "at" | "stream" | "http";

export type Operator = "=" | ">" | ">=" | "<" | "<=";

/** Numbers are in the key's own unit: nanoseconds, bytes, the number of a level or stream. Both ends of a range belong to it. */
export type Test =
  | { readonly operator: Operator; readonly value: number }
  | { readonly operator: ".."; readonly value: number; readonly end: number };

/** Every row. */
export const ALL: Filter = { type: "all" };

/** Both or more conditions; a list within a list of the same kind is one list. */
export function combine(type: "and" | "or", items: readonly Filter[]): Filter {
  const flat = items.flatMap((item) => (item.type === type ? item.items : [item]));
  const [first] = flat;
  return flat.length === 1 && first !== undefined ? first : { type, items: flat };
}

export function negate(item: Filter): Filter {
  return item.type === "not" ? item.item : { type: "not", item };
}
