import { describe, expect, it } from "vitest";
import { readMap, withBody, withQuery, withUrl, writeMap } from "./http-edit.ts";

const nullable = {
  method: "GET",
  url: "http://x/api/hello?name=Ada",
  nullableQuery: { name: { value: "Ada" } },
  nullableHeaders: { accept: { value: "*/*" }, "x-unset": {} },
};

describe("the query", () => {
  it("changes in the map that is filled and in the URL", () => {
    expect(withQuery(nullable, [["name", "Grace & Co"]])).toEqual({
      ...nullable,
      url: "http://x/api/hello?name=Grace%20%26%20Co",
      nullableQuery: { name: { value: "Grace & Co" } },
    });
    expect(withQuery({ url: "http://x/a?b=1#c", query: { b: "1" } }, [])).toEqual({ url: "http://x/a#c", query: {} });
  });

  it("follows the URL, and stays as it is where only the path changes", () => {
    expect(readMap(withUrl(nullable, "http://x/api/hello?name=Bob&n=1"), "query")).toEqual([
      ["name", "Bob"],
      ["n", "1"],
    ]);
    const odd = { url: "http://x/a?k=1&k=2", query: { k: "1,2" } };
    expect(withUrl(odd, "http://x/b?k=1&k=2")).toEqual({ ...odd, url: "http://x/b?k=1&k=2" });
  });

  it("is put where the worker looks for it when there was none", () => {
    expect(withQuery({ nullableHeaders: { a: { value: "b" } } }, [["q", "1"]])).toMatchObject({
      nullableQuery: { q: { value: "1" } },
    });
    expect(withQuery({ headers: { a: "b" } }, [["q", "1"]])).toMatchObject({ query: { q: "1" } });
  });
});

it("a header without a value stays without one", () => {
  const pairs = readMap(nullable, "headers");
  expect(writeMap(nullable, "headers", pairs)).toEqual(nullable);
});

it("a raw body goes with the body, in its own case", () => {
  const http = { body: { json: "{}" }, rawBody: { string: "{}" } };
  expect(withBody(http, { json: "[]" })).toEqual({ body: { json: "[]" }, rawBody: { string: "[]" } });
  expect(withBody({ body: { string: "a" } }, { bytes: "AA==" })).toEqual({ body: { bytes: "AA==" } });
  expect(withBody({ body: { json: "{}" }, rawBody: { bytes: "e30=" } }, { json: "[]" })).toEqual({
    body: { json: "[]" },
    rawBody: { bytes: "W10=" },
  });
});
