/**
 * What a table holds under a key that somebody else chose. `table[key]` also finds what every object inherits: a header may
 * be named "constructor".
 */
export function ownValue<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
