import { describe, expect, test } from "vitest";
import { toJsonNode } from "../exact-json/exact-json.ts";
import { byteHit, findBytes, isHexBytes, wantedBytes } from "./find-in-bytes.ts";
import { findInJson } from "./find-in-json.ts";

const places = (value: unknown, text: string) =>
  [...findInJson(toJsonNode(value), text)].map(({ of, line, path, inner, at }) => [of, line, path, inner, at]);

describe("finding in a document", () => {
  test("finds keys and values in reading order, in either case", () => {
    expect(places({ a: { note: "x" }, list: [1, "a NOTE, a note"] }, "Note")).toEqual([
      ["key", "/0/0", "a.note", undefined, 0],
      ["value", "/1/1", "list[1]", undefined, 2],
      ["value", "/1/1", "list[1]", undefined, 10],
    ]);
  });
  test("finds numbers with every digit, and words", () => {
    expect(places({ id: 42, ok: true }, "42")).toHaveLength(1);
    expect(places({ id: 42, ok: true }, "TRUE")).toHaveLength(1);
  });
  test("looks into text that is JSON, and says where in it", () => {
    const items = Array.from({ length: 8000 }, (_, index) => ({ note: `n${index}` }));
    const message = { inputData: [{ data: { json: JSON.stringify({ items }) } }] };
    expect(places(message, "n7777")).toEqual([
      ["value", "/0/0/0/0/0/7777/0", "inputData[0].data.json", "$.items[7777].note", 0],
    ]);
  });
  test("takes text that only looks like JSON as it is", () => {
    expect(places({ text: "{no json}" }, "json")).toEqual([["value", "/0", "text", undefined, 4]]);
  });
  test("finds the text of bytes, which stand there in base64", () => {
    const [hit] = findInJson(toJsonNode({ body: { bytes: btoa("a needle in bytes") } }), "needle");
    expect(hit).toMatchObject({ of: "bytes", path: "body.bytes", before: "a ", match: "needle", after: " in bytes" });
  });
  test("shows forty characters around a hit and no half of a character", () => {
    const [hit] = findInJson(toJsonNode(`${"😀".repeat(30)}X${"😀".repeat(30)}`), "x");
    expect(hit?.before).toBe("😀".repeat(20));
    expect(hit?.after).toBe("😀".repeat(20));
  });
  test("of nothing finds nothing", () => {
    expect(places({ a: "b" }, "")).toEqual([]);
  });
});

describe("finding in bytes", () => {
  const bytes = new TextEncoder().encode("\u0001ab Ab äB aaa");
  const found = (text: string) => [...findBytes(bytes, wantedBytes(text), isHexBytes(text))];
  test("finds ASCII letters in either case, all else as it is", () => {
    expect(found("AB")).toEqual([1, 4]);
    expect(found("äb")).toEqual([7]);
    expect(found("Äb")).toEqual([]);
  });
  test("finds bytes by their digits, letters in their own case only", () => {
    expect(found("0x01 61")).toEqual([0]);
    expect(found("0x61 62")).toEqual([1]);
  });
  test("counts without overlaps, and at the very end", () => {
    expect(found("aa")).toEqual([11]);
    expect(found("aaa")).toEqual([11]);
    expect(found("")).toEqual([]);
  });
  test("shows the text around a hit, also where that begins within a character", () => {
    const long = new TextEncoder().encode(`${"ä".repeat(200)}needle`);
    expect(byteHit(long, 400, 6)).toMatchObject({ at: 400, before: "ä".repeat(40), match: "needle", after: "" });
  });
});
