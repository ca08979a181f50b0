import * as fc from "fast-check";
import { expect, test } from "vitest";
import { listFilterTokens } from "./filter-tokens.ts";

const types = (text: string) =>
  listFilterTokens(text)
    .filter((token) => token.text.trim() !== "")
    .map((token) => `${token.type} ${token.text}`);

test("separates keys, operators, quotes, regular expressions and negations", () => {
  expect(types('fn:order OR -dur:>0.5ms "a b" /x y/')).toEqual([
    "key fn:",
    "text order",
    "operator OR",
    "not -",
    "key dur:",
    "operator >",
    "text 0",
    "text .",
    "text 5ms",
    'quoted "a b"',
    "regex /x y/",
  ]);
});

test("loses no character of what is typed", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const line = text.replace(/[\r\n\u2028\u2029]/g, " ");
      expect(
        listFilterTokens(line)
          .map((token) => token.text)
          .join(""),
      ).toBe(line);
    }),
  );
});
