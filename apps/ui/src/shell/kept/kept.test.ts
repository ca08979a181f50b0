import { describe, expect, test } from "vitest";
import { type Kept, keepIn } from "./kept.ts";

function storageOf(values: Map<string, string>, room: number): Kept {
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem(key, value) {
      if (value.length > room) {
        throw new DOMException("no room", "QuotaExceededError");
      }
      values.set(key, value);
    },
    removeItem: (key) => void values.delete(key),
  };
}

describe("what a page keeps", () => {
  test("is in the browser's storage", () => {
    const values = new Map([["theme", "dark"]]);
    const kept = keepIn(() => storageOf(values, 10));
    expect(kept.getItem("theme")).toBe("dark");
    kept.setItem("theme", "light");
    expect(values).toEqual(new Map([["theme", "light"]]));
    kept.removeItem("theme");
    expect([kept.getItem("theme"), values.size]).toEqual([null, 0]);
  });

  test("is there until the page is left where the browser has no storage", () => {
    const kept = keepIn(() => {
      throw new DOMException("The document is sandboxed", "SecurityError");
    });
    expect(kept.getItem("theme")).toBeNull();
    kept.setItem("theme", "light");
    expect(kept.getItem("theme")).toBe("light");
    kept.removeItem("theme");
    expect(kept.getItem("theme")).toBeNull();
  });

  test("is what was said last where the storage had no room for it, and is stored once it has", () => {
    const values = new Map<string, string>();
    const kept = keepIn(() => storageOf(values, 3));
    kept.setItem("filter", "fn");
    kept.setItem("filter", "fn:hello");
    expect(kept.getItem("filter")).toBe("fn:hello");
    kept.setItem("filter", "is");
    expect([kept.getItem("filter"), values.get("filter")]).toEqual(["is", "is"]);
  });
});
