const STORAGE_KEY = "inspector.filters";
const MAX_FILTERS = 30;

/** Filters that were kept, the newest first. */
export function loadFilters(storage: Pick<Storage, "getItem">): readonly string[] {
  try {
    const value: unknown = JSON.parse(storage.getItem(STORAGE_KEY) ?? "[]");
    return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
  } catch {
    return [];
  }
}

export function storeFilters(storage: Pick<Storage, "setItem">, filters: readonly string[]): void {
  storage.setItem(STORAGE_KEY, JSON.stringify(filters));
}

/** Each filter is kept once. */
export function withFilter(filters: readonly string[], filter: string): readonly string[] {
  return [filter, ...filters.filter((other) => other !== filter)].slice(0, MAX_FILTERS);
}
