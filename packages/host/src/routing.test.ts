import { describe, expect, test } from "vitest";
import { compareRoutes, compileRoute } from "./routing.ts";

function match(template: string, path: string): Record<string, string> | undefined {
  const values = compileRoute(template).match(path);
  return values && Object.fromEntries(values);
}

describe("a route", () => {
  test.each([
    ["hello", "hello", {}],
    ["Hello/World", "hello/world", {}],
    ["items/{category}/{id:int?}", "items/books/7", { category: "books", id: "7" }],
    ["items/{category}/{id:int?}", "items/books", { category: "books" }],
    ["items/{id}", "items/gr%C3%BCn", { id: "grün" }],
    ["files/{*rest}", "files/a/b/c.txt", { rest: "a/b/c.txt" }],
    ["files/{*rest}", "files", {}],
    ["{name}.{ext}", "photo.old.jpg", { name: "photo", ext: "old.jpg" }],
    ["page/{number=1}", "page", { number: "1" }],
    ["{id:guid}", "3f2504e0-4f89-11d3-9a0c-0305e82c3301", { id: "3f2504e0-4f89-11d3-9a0c-0305e82c3301" }],
    ["{code:regex(^[[a-z]]{{3}}$)}", "abc", { code: "abc" }],
    ["{n:range(1,5)}/{word:length(2,3)}", "5/abc", { n: "5", word: "abc" }],
    ["", "", {}],
  ])("'%s' takes '%s' as %j", (template, path, values) => {
    expect(match(template, path)).toEqual(values);
  });

  test.each([
    ["hello", "hell"],
    ["hello", "hello/there"],
    ["hello", ""],
    ["items/{id}", "items"],
    ["items/{id:int}", "items/x"],
    ["items/{id:alpha}", "items/1"],
    ["{code:regex(^[[a-z]]{{3}}$)}", "abcd"],
    ["{n:range(1,5)}", "6"],
    ["a.c", "abc"],
  ])("'%s' does not take '%s'", (template, path) => {
    expect(match(template, path)).toBeUndefined();
  });

  test("that is more specific comes first", () => {
    const templates = ["{*all}", "{a}", "items/{id}", "{a:int}", "items/new", "items/{id:int}"];
    const sorted = templates.map(compileRoute).sort(compareRoutes);
    expect(sorted.map(({ template }) => template)).toEqual([
      "items/new",
      "items/{id:int}",
      "items/{id}",
      "{a:int}",
      "{a}",
      "{*all}",
    ]);
  });
});
