/** A piece of SQL with the values of its question marks, in their order. */
export type Fragment = { readonly sql: string; readonly params: readonly (string | number)[] };

export function fragment(sql: string, ...params: readonly (string | number)[]): Fragment {
  return { sql, params };
}

/**
 * Joins conditions pairwise, so that the expression grows in depth with the logarithm of their number:
 * SQLite refuses expressions deeper than 1000.
 */
export function join(items: readonly Fragment[], operator: "AND" | "OR"): Fragment {
  const [first, second] = items;
  if (first === undefined) {
    return fragment(operator === "AND" ? "1" : "0");
  }
  if (second === undefined) {
    return first;
  }
  const middle = items.length >> 1;
  const left = join(items.slice(0, middle), operator);
  const right = join(items.slice(middle), operator);
  return { sql: `(${left.sql} ${operator} ${right.sql})`, params: [...left.params, ...right.params] };
}

/** True or false where `item` may be NULL, so that its negation is the rest of the rows. */
export function definite(item: Fragment): Fragment {
  return { sql: `ifnull(${item.sql}, 0)`, params: item.params };
}

/** True where one of `values` gives a condition that is. */
export function any<T>(values: readonly T[], condition: (value: T) => Fragment): Fragment {
  return join(values.map(condition), "OR");
}
