import { FACET_KEYS, type Facet, type FacetCounts, type FacetKey, type FacetValue } from "@inspector/contract/page";

/** The counts of a part and of the one behind it. */
export function addFacets(counts: FacetCounts, next: FacetCounts): FacetCounts {
  const { through, last } = next;
  const facets = FACET_KEYS.flatMap((key) => addValues(key, counts, next));
  return { rows: counts.rows + next.rows, facets, through, last };
}

function addValues(key: FacetKey, ...parts: readonly FacetCounts[]): Facet[] {
  const found = parts.flatMap(({ facets }) => facets.filter((facet) => facet.key === key));
  const sums = new Map<string, FacetValue>();
  for (const value of found.flatMap(({ values }) => values)) {
    // Terms do not regard the case of ASCII letters.
    const word = value.term.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
    const known = sums.get(word);
    sums.set(word, { ...value, ...known, count: value.count + (known?.count ?? 0) });
  }
  if (sums.size === 0) {
    return [];
  }
  const values = [...sums.values()].sort((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1));
  return [{ key, values, ...(found.some(({ isCut }) => isCut) && { isCut: true }) }];
}

/** What a facet is called over its values. */
export const FACET_TITLES: Readonly<Record<FacetKey, string>> = {
  fn: "Function",
  kind: "Kind",
  step: "Step of a worker",
  status: "Status",
  http: "HTTP status",
  trigger: "Trigger",
  worker: "Worker",
  side: "Sent by",
  level: "Log level",
};
