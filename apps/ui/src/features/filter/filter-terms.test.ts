import { expect, test } from "vitest";
import { addTerm, hasTerm, removeTerm, replaceTerm, termOf } from "./filter-terms.ts";

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

test("replaces the term of a key", () => {
  expect(replaceTerm("fn:a at:1s..2s dur:>1s", "at", "at:3s..4s")).toBe("fn:a dur:>1s at:3s..4s");
  expect(replaceTerm("fn:a at:1s..2s", "at", undefined)).toBe("fn:a");
  expect(replaceTerm("at:1s..2s", "at", undefined)).toBe("");
});
