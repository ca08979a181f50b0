import { describe, expect, test } from "vitest";
import { changedPart } from "./changed-part.ts";

function marked(text: string, other: string): string {
  const { skipped, before, changed, after } = changedPart(text, other);
  return `${skipped > 0 ? `${skipped}…` : ""}${before}[${changed}]${after}`;
}

describe("what differs in a text", () => {
  test("is whole words", () => {
    expect(marked("Hello, Ada! Your pictures", "Hello, Adele! Your pictures")).toBe("Hello, [Ada]! Your pictures");
    expect(marked("took 15 ms", "took 125 ms")).toBe("took [15] ms");
    expect(marked("a 🐟 b", "a 🐠 b")).toBe("a [🐟] b");
  });

  test("is nothing where the other has more", () => {
    expect(marked("one two", "one new two")).toBe("one []two");
    expect(marked("one new two", "one two")).toBe("one [new ]two");
  });

  test("is found far behind a common beginning, of which the end is kept", () => {
    const same = "same ".repeat(1000);
    expect(marked(`${same}old`, `${same}new`)).toBe(`4940…${same.slice(-60)}[old]`);
  });

  test("does not become all of a text without words", () => {
    const base64 = "QUJD".repeat(50);
    expect(changedPart(`${base64}xx`, `${base64}yy`).changed).toBe("xx");
  });
});
