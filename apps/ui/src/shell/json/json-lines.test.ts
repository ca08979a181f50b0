import { type JsonNode, toJsonNode } from "@inspector/analysis/exact-json";
import { describe, expect, test } from "vitest";
import { CHILDREN_STEP, type Folding, listJsonLines, summarizeJson, unfoldTo } from "./json-lines.ts";

/** The lines as text: indentation by depth, then the label, then what is after it. */
function draw(root: JsonNode, folding: Partial<Folding> = {}): string[] {
  const all = { toggled: new Set<string>(), openDepth: 1, listed: new Map<string, number>(), ...folding };
  return listJsonLines(root, all).map(
    ({ depth, label, more, isOpen }) => `${"  ".repeat(depth)}${more ? `${more} more` : label}${isOpen ? " ▾" : ""}`,
  );
}

describe("lines of a JSON tree", () => {
  const root = toJsonNode({ a: { b: { c: 1 } }, d: [1, 2] });

  test("are those of the levels that are open from the start", () => {
    expect(draw(root)).toEqual(["a ▾", "  b", "d ▾", "  0", "  1"]);
    expect(draw(root, { openDepth: 0 })).toEqual(["a", "d"]);
  });

  test("change where a line was folded or unfolded", () => {
    expect(draw(root, { toggled: new Set(["/0/0", "/1"]) })).toEqual(["a ▾", "  b ▾", "    c", "d"]);
  });

  test("offer the rest of a long list instead of listing it", () => {
    const long = toJsonNode({ list: Array.from({ length: 25_000 }, (_, index) => index) });
    const lines = draw(long);
    expect(lines).toHaveLength(1 + CHILDREN_STEP + 1);
    expect(lines.at(-1)).toBe("  15000 more");
    expect(draw(long, { listed: new Map([["/0", 40_000]]) })).toHaveLength(1 + 25_000);
  });

  test("unfold text that is JSON only when asked to", () => {
    const text = toJsonNode({ json: '{"id":9007199254740993}', plain: "{no" });
    expect(draw(text)).toEqual(["json", "plain"]);
    expect(draw(text, { toggled: new Set(["/0"]) })).toEqual(["json ▾", "  id", "plain"]);
  });

  test("have one line for a root without children", () => {
    expect(draw(toJsonNode({}))).toHaveLength(1);
    expect(draw(toJsonNode("x"))).toHaveLength(1);
  });

  test("keep two members of the same name apart", () => {
    const twice: JsonNode = {
      kind: "object",
      entries: [
        ["a", root],
        ["a", root],
      ],
    };
    const paths = listJsonLines(twice, { toggled: new Set(), openDepth: 1, listed: new Map() }).map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
  });
});

describe("unfolding to a line", () => {
  const items = Array.from({ length: 25_000 }, (_, index) => ({ note: `n${index}` }));
  const root = toJsonNode({ plain: 1, text: JSON.stringify({ items }) });
  const closed: Folding = { toggled: new Set(), openDepth: 0, listed: new Map() };

  test("opens what is above it, text that is JSON too, and lists as many children as it takes", () => {
    const folding = unfoldTo(root, closed, "/1/0/20777/0");
    const line = listJsonLines(root, folding).find(({ path }) => path === "/1/0/20777/0");
    expect(line).toMatchObject({ label: "note", node: { text: "n20777" } });
  });
  test("leaves what is on show as it is", () => {
    const folding = unfoldTo(root, closed, "/1/0/20777/0");
    expect(unfoldTo(root, folding, "/1/0/20778")).toBe(folding);
    expect(unfoldTo(root, closed, "/0")).toBe(closed);
  });
});

test("says what is in a folded line", () => {
  expect(summarizeJson(toJsonNode([1, 2, 3]))).toBe("[ 3 ]");
  expect(summarizeJson(toJsonNode({ a: 1, b: 2 }))).toBe("{ a, b }");
  expect(summarizeJson(toJsonNode({ a: 1, b: 2, c: 3, d: 4 }))).toBe("{ a, b, c, … 1 more }");
});
