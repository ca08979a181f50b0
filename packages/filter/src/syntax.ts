/**
 * What the grammar makes of a filter before anybody has looked at what the keys mean.
 *
 * `pieces` are the literal parts between the wildcards of a word: `Order*` is `["Order", ""]`, `"a*b"` is `["a*b"]`.
 * Offsets count UTF-16 code units from the start of the text, as strings and text fields do.
 */
export type SyntaxNode =
  | { readonly type: "all" }
  | { readonly type: "and" | "or"; readonly items: readonly SyntaxNode[] }
  | { readonly type: "not"; readonly item: SyntaxNode }
  | { readonly type: "text"; readonly pieces: readonly string[]; readonly offset: number }
  | { readonly type: "regex"; readonly source: string; readonly offset: number }
  | KeyedNode;

export type KeyedNode = {
  readonly type: "keyed";
  readonly key: string;
  readonly offset: number;
  readonly values: readonly ValueNode[];
};

export type ValueNode = {
  readonly offset: number;
  readonly operator: "" | "=" | ">" | ">=" | "<" | "<=";
  readonly pieces: readonly string[];
  /** Nothing was written, not even quotes. */
  readonly isEmpty: boolean;
  readonly isQuoted: boolean;
};

/** A piece of a filter that need not be valid, for completion and colouring. `to` is exclusive. */
export type Token =
  | { readonly type: "mark" | "word" | "quoted" | "regex"; readonly from: number; readonly to: number }
  | { readonly type: "key" | "value"; readonly key: string; readonly from: number; readonly to: number };
