import type { HttpLegPart } from "@inspector/contract/page";

/** One line a name, as it was written first; of a header that stands several times the values follow each other. */
export function mergeHeaders(headers: HttpLegPart["headers"]): readonly (readonly [string, string])[] {
  const merged = new Map<string, readonly [string, string]>();
  for (const [name, value] of headers) {
    const [written, before] = merged.get(name.toLowerCase()) ?? [name, undefined];
    merged.set(name.toLowerCase(), [written, before === undefined ? value : `${before}\n${value}`]);
  }
  return [...merged.values()];
}
