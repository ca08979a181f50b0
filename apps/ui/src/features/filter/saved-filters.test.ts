import { expect, test } from "vitest";
import { loadFilters, storeFilters, withFilter } from "./saved-filters.ts";

function createStorage(text: string | null) {
  const kept = { text };
  return {
    getItem: () => kept.text,
    setItem: (_: string, value: string) => {
      kept.text = value;
    },
  };
}

test("keeps filters, the newest first and each once", () => {
  const storage = createStorage(null);
  storeFilters(storage, withFilter(withFilter(withFilter(loadFilters(storage), "a"), "b"), "a"));
  expect(loadFilters(storage)).toEqual(["a", "b"]);
});

test.each(["{", '{"a":1}', "[1, 2]", "null"])("is empty for storage that holds %s", (text) => {
  expect(loadFilters(createStorage(text))).toEqual([]);
});
