import type { FindHit } from "@inspector/contract/find";

/** Characters that are shown before and behind a hit. */
const AROUND = 40;

/** A hit with what stands around it. Halves of a surrogate pair at the ends are left out. */
export function excerptAt(text: string, at: number, length: number): Pick<FindHit, "before" | "match" | "after"> {
  const end = at + length;
  return {
    before: text.slice(Math.max(0, at - AROUND), at).replace(/^[\udc00-\udfff]/u, ""),
    match: text.slice(at, end),
    after: text.slice(end, end + AROUND).replace(/[\ud800-\udbff]$/u, ""),
  };
}
