import type { TextPair } from "../detail/reading.ts";

/** A name as the list of names spells it: the host compares names of headers and queries without regard to case. */
export function keyOf(name: string, keys: readonly string[]): string {
  if (keys.includes(name)) {
    return name;
  }
  return keys.find((key) => key.toLowerCase() === name.toLowerCase()) ?? name;
}

/** One value a name, as a host hands pairs on: those of one name joined by commas. */
export function joinPairs(pairs: readonly TextPair[], keys: readonly string[]): ReadonlyMap<string, string> {
  const joined = new Map<string, string>();
  for (const [name, value] of pairs) {
    const key = keyOf(name, keys);
    const before = joined.get(key);
    joined.set(key, before === undefined ? value : `${before},${value}`);
  }
  return joined;
}

export type Change = { readonly name: string; readonly before: string | undefined; readonly after: string | undefined };

/** The names whose values differ; undefined where one of them has none. */
export function changesBetween(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): Change[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((name) => ({ name, before: before.get(name), after: after.get(name) }))
    .filter((change) => change.before !== change.after);
}
