import { describe, expect, test } from "vitest";
import { hasColours, parseAnsi, withoutColours } from "./ansi.ts";

const ESC = "\u001b";

describe("text with a terminal's colours", () => {
  test("is cut where its look changes", () => {
    expect(parseAnsi(`a ${ESC}[1;31mred${ESC}[22m thin${ESC}[0m end`)).toEqual([
      { text: "a " },
      { text: "red", ink: "red", isBold: true },
      { text: " thin", ink: "red" },
      { text: " end" },
    ]);
    expect(parseAnsi(`${ESC}[m${ESC}[92;44mx${ESC}[39;49my`)).toEqual([
      { text: "x", ink: "green", ground: "blue" },
      { text: "y" },
    ]);
  });

  test("takes the nearest of eight for colours out of more", () => {
    expect(
      parseAnsi(`${ESC}[38;5;208ma${ESC}[38;2;10;200;30mb${ESC}[48;5;21mc`).map(({ ink, ground }) => [ink, ground]),
    ).toEqual([
      ["yellow", undefined],
      ["green", undefined],
      ["green", "blue"],
    ]);
  });

  test("keeps whatever is no colour", () => {
    const text = `${ESC}[2J${ESC}]0;title\u0007 plain`;
    expect(parseAnsi(text)).toEqual([{ text }]);
    expect([hasColours(text), hasColours(`${ESC}[31mx`)]).toEqual([false, true]);
    expect(withoutColours(`${ESC}[31mx${ESC}[0m${ESC}[K`)).toBe(`x${ESC}[K`);
  });

  test("loses no letter, whatever the codes are", () => {
    for (const codes of ["38", "38;5", "38;2;1", "999", ";;", "4:3", "48;9;9"]) {
      expect(parseAnsi(`a${ESC}[${codes}mb`).map(({ text }) => text)).toEqual(expect.arrayContaining(["a", "b"]));
    }
  });
});
