import { expect, test } from "vitest";
import { queryPairs, withQueryPairs, withQueryValue } from "./url-query.ts";

const URL_OF_THEN = "/api/text?name=a&name=b%2fc&&=odd&x=1+2#end";

test("a query is read as it stands, names that stand twice included", () => {
  expect(queryPairs(URL_OF_THEN)).toEqual([
    ["name", "a"],
    ["name", "b/c"],
    ["x", "1 2"],
  ]);
  expect(queryPairs("/api?")).toEqual([]);
});

test("only the pair that was changed is written anew", () => {
  const [one = ["", ""], two = ["", ""], x = ["", ""]] = queryPairs(URL_OF_THEN);
  const changed = (...pairs: readonly (readonly [string, string])[]) => withQueryPairs(URL_OF_THEN, pairs);
  expect(changed(one, two, ["x", "2 & 3"])).toBe("/api/text?name=a&name=b%2fc&&=odd&x=2%20%26%203#end");
  expect(changed(["name", "z"], two, x)).toBe("/api/text?name=z&name=b%2fc&&=odd&x=1+2#end");
  expect(changed(two, x)).toBe("/api/text?name=b%2fc&&=odd&x=1+2#end");
  expect(changed(one, two, x, ["y", ""])).toBe("/api/text?name=a&name=b%2fc&&=odd&x=1+2&y=#end");
  expect(changed(one, two, x)).toBe(URL_OF_THEN);
  expect(withQueryPairs("/api?a=1#end", [])).toBe("/api#end");
  expect(withQueryPairs("/api", [["a", "1"]])).toBe("/api?a=1");
});

test("one value takes the place of all that a name had", () => {
  expect(withQueryValue("/?a=1&b=%2f&a=2", "a", "3")).toBe("/?a=3&b=%2f");
  expect(withQueryValue("/?a=1&b=%2f&a=2", "a", undefined)).toBe("/?b=%2f");
  expect(withQueryValue("/?b=%2f", "a", "3")).toBe("/?b=%2f&a=3");
});
