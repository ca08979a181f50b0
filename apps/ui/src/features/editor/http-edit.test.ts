import { describe, expect, test } from "vitest";
import { readMap, readQuery, withBody, withQuery, withUrl, writeMap } from "./http-edit.ts";

const nullable = {
  method: "GET",
  url: "http://x/api/hello?name=Ada",
  nullableQuery: { name: { value: "Ada" } },
  nullableHeaders: { accept: { value: "*/*" }, "x-unset": {} },
};

describe("the query", () => {
  test("changes in the map that is filled and in the URL", () => {
    expect(withQuery(nullable, [["name", "Grace & Co"]])).toEqual({
      ...nullable,
      url: "http://x/api/hello?name=Grace%20%26%20Co",
      nullableQuery: { name: { value: "Grace & Co" } },
    });
    expect(withQuery({ url: "http://x/a?b=1#c", query: { b: "1" } }, [])).toEqual({ url: "http://x/a#c", query: {} });
  });

  test("follows the URL, and stays as it is where only the path changes", () => {
    expect(readMap(withUrl(nullable, "http://x/api/hello?name=Bob&n=1"), "query")).toEqual([
      ["name", "Bob"],
      ["n", "1"],
    ]);
    const odd = { url: "http://x/a?k=1&k=2", query: { k: "1,2" } };
    expect(withUrl(odd, "http://x/b?k=1&k=2")).toEqual({ ...odd, url: "http://x/b?k=1&k=2" });
  });

  test("is edited as it stands in the URL, and of the map only the entry whose values changed", () => {
    const twice = { url: "http://x/a?name=a&name=b%2f&x=1+1", query: { name: "a,b/", x: "1 1" } };
    const { pairs, isMap } = readQuery(twice);
    expect([pairs, isMap]).toEqual([
      [
        ["name", "a"],
        ["name", "b/"],
        ["x", "1 1"],
      ],
      false,
    ]);
    expect(withQuery(twice, pairs.with(2, ["x", "2"]))).toEqual({
      url: "http://x/a?name=a&name=b%2f&x=2",
      query: { name: "a,b/", x: "2" },
    });
    expect(withQuery(twice, pairs.with(0, ["name", "z"]))).toEqual({
      url: "http://x/a?name=z&name=b%2f&x=1+1",
      query: { name: "z,b/", x: "1 1" },
    });
    expect(withUrl(twice, "http://x/a?name=a&x=1+1")).toMatchObject({ query: { name: "a", x: "1 1" } });
  });

  test("of a name in two spellings has one value, under the spelling that the host took", () => {
    const spelled = { url: "http://x/a?Name=a&name=b", query: { Name: "a,b" } };
    expect(withQuery(spelled, [["Name", "a"]])).toEqual({ url: "http://x/a?Name=a", query: { Name: "a" } });
  });

  test("is the map's where the URL says something else, and both get what is edited", () => {
    const odd = { url: "http://x/a?b=%2f&n=1", query: { n: "5", m: "6" } };
    const { pairs, isMap } = readQuery(odd);
    expect([pairs, isMap]).toEqual([Object.entries(odd.query), true]);
    expect(withQuery(odd, pairs.with(0, ["n", "7"]))).toEqual({
      url: "http://x/a?b=%2f&n=7",
      query: { n: "7", m: "6" },
    });
  });

  test("is put where the worker looks for it when there was none", () => {
    expect(withQuery({ nullableHeaders: { a: { value: "b" } } }, [["q", "1"]])).toMatchObject({
      nullableQuery: { q: { value: "1" } },
    });
    expect(withQuery({ headers: { a: "b" } }, [["q", "1"]])).toMatchObject({ query: { q: "1" } });
  });
});

test("a header without a value stays without one", () => {
  const pairs = readMap(nullable, "headers");
  expect(writeMap(nullable, "headers", pairs)).toEqual(nullable);
});

test("a header may be named like what every object has", () => {
  const pairs = [...readMap(nullable, "headers"), ["constructor", ""], ["toString", "x"]] as const;
  expect(writeMap(nullable, "headers", pairs)).toEqual({
    ...nullable,
    nullableHeaders: { ...nullable.nullableHeaders, constructor: { value: "" }, toString: { value: "x" } },
  });
});

test("a raw body goes with the body, in its own case", () => {
  const http = { body: { json: "{}" }, rawBody: { string: "{}" } };
  expect(withBody(http, { json: "[]" })).toEqual({ body: { json: "[]" }, rawBody: { string: "[]" } });
  expect(withBody({ body: { string: "a" } }, { bytes: "AA==" })).toEqual({ body: { bytes: "AA==" } });
  expect(withBody({ body: { json: "{}" }, rawBody: { bytes: "e30=" } }, { json: "[]" })).toEqual({
    body: { json: "[]" },
    rawBody: { bytes: "W10=" },
  });
});

test("a content-length that was right is right for another body, and one that was not stays", () => {
  const http = (length: string) => ({ headers: { "Content-Length": length }, body: { bytes: btoa("four") } });
  expect(withBody(http("4"), { string: "zo\u00eb" })).toMatchObject({ headers: { "Content-Length": "4" } });
  expect(withBody(http("4"), { string: "" })).toMatchObject({ headers: { "Content-Length": "0" } });
  expect(withBody(http("5"), { string: "" })).toMatchObject({ headers: { "Content-Length": "5" } });
  const nullableHeaders = { "content-length": { value: "3" } };
  const parsed = { nullableHeaders, body: { json: "{}" }, rawBody: { string: "{ }" } };
  expect(withBody(parsed, { json: "[1,2]" })).toMatchObject({ nullableHeaders: { "content-length": { value: "5" } } });
});
