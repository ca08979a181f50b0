import { parseFilter } from "@inspector/filter/parse";
import { functionTerm } from "@inspector/filter/term";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { addTerm, hasTerm, narrow, removeTerm, replaceTerm, termOf, textOf } from "./filter-terms.ts";

test("adds a term to all of the filter", () => {
  expect(addTerm("", "status:failed")).toBe("status:failed");
  expect(addTerm("fn:a ", "status:failed")).toBe("fn:a status:failed");
  expect(addTerm("fn:a OR fn:b", "status:failed")).toBe("(fn:a OR fn:b) status:failed");
  expect(addTerm('(fn:a OR fn:b) "x OR y"', "status:failed")).toBe('(fn:a OR fn:b) "x OR y" status:failed');
});

test("takes it out again, and the brackets it needed", () => {
  expect(removeTerm("(fn:a OR fn:b) status:failed", "status:failed")).toBe("fn:a OR fn:b");
  expect(removeTerm('status:failed "a b"', "status:failed")).toBe('"a b"');
  expect(removeTerm("fn:a", "status:failed")).toBe("fn:a");
});

test("finds whole terms only", () => {
  expect(hasTerm("fn:a status:failed", "status:failed")).toBe(true);
  expect(hasTerm("-status:failed", "status:failed")).toBe(false);
  expect(hasTerm('"status:failed"', "status:failed")).toBe(false);
  expect(termOf("fn:a at:1s..2s", "at")).toBe("at:1s..2s");
});

test.each([
  ["alps.jpg", "alps.jpg"],
  ['fn:a "not found" other', "not found"],
  ["fn:a OR alps", "alps"],
  ['-alps (lake) /rege.x/ text:"a" la*ke fn:a', undefined],
  ["", undefined],
])("the text that %j looks for is %j", (filter, text) => {
  expect(textOf(filter)).toBe(text);
});

test("replaces the term of a key", () => {
  expect(replaceTerm("fn:a at:1s..2s dur:>1s", "at", "at:3s..4s")).toBe("fn:a dur:>1s at:3s..4s");
  expect(replaceTerm("fn:a at:1s..2s", "at", undefined)).toBe("fn:a");
  expect(replaceTerm("at:1s..2s", "at", undefined)).toBe("");
});

test("narrows a filter to a value or to the others, and takes back what said the opposite", () => {
  expect(narrow("fn:a OR fn:b", "status:failed", "only")).toBe("(fn:a OR fn:b) status:failed");
  expect(narrow("-status:failed x", "status:failed", "only")).toBe("x status:failed");
  expect(narrow("status:failed x", "status:failed", "not")).toBe("x -status:failed");
  expect(narrow("x -status:failed", "status:failed", "not")).toBe("x -status:failed");
});

test("a filter that is narrowed means both, whatever stands in it and in the value", () => {
  const pieces = fc.constantFrom(
    "fn:a",
    '"x) OR ("',
    "-b",
    "(c OR -(d e))",
    "((fn:a) OR b)",
    "OR",
    'text:"\\" OR \\\\"',
    "/a b/",
    'fn:"("',
    "at:1s..2s",
  );
  const filter = fc
    .array(pieces, { maxLength: 5 })
    .map((parts) => parts.join(" "))
    .filter((text) => parseFilter(text).ok);
  const value = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 8 }).filter((text) => !text.includes("\0")),
    fc.array(fc.constantFrom('"', "\\", "(", ")", " ", "OR", "a"), { maxLength: 6 }).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(filter, value, fc.constantFrom<"only" | "not">("only", "not"), (text, name, how) => {
      const term = functionTerm(`v${name}`);
      const narrowed = narrow(text, term, how);
      const wanted = `${how === "not" ? "-" : ""}${term}`;
      expect(parseFilter(narrowed), narrowed).toEqual(parseFilter(text === "" ? wanted : `(${text}) ${wanted}`));
      expect(parseFilter(removeTerm(narrowed, how === "not" ? `-${term}` : term))).toEqual(parseFilter(text));
    }),
    { numRuns: 200 },
  );
});
