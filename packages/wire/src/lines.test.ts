import { splitLines } from "@inspector/wire/lines";
import { expect, test } from "vitest";

function cut(limit: number, ...texts: string[]): [string, boolean][] {
  const lines: [string, boolean][] = [];
  const take = splitLines(limit, (line, isCut) => lines.push([line, isCut]));
  for (const text of texts) {
    take(text);
  }
  take.end();
  return lines;
}

test("lines come whole however the text is cut, without their ends", () => {
  expect(cut(10, "a\r", "\nb", "c\n\n", "d")).toEqual([
    ["a", false],
    ["bc", false],
    ["", false],
    ["d", false],
  ]);
});

test("a line beyond the limit comes in pieces", () => {
  expect(cut(3, "abcdefg", "h\nxyz\n")).toEqual([
    ["abc", true],
    ["def", true],
    ["gh", false],
    ["xyz", false],
  ]);
});

test("each character is looked at a bounded number of times, in a line that arrives in thousands of pieces", () => {
  // A text that counts how much of it is copied cannot be made, so this is what it costs: 256 MiB in pieces of 16 KiB.
  let bytes = 0;
  const take = splitLines(64 * 1024, (line) => {
    bytes += line.length;
  });
  const piece = "x".repeat(16 * 1024);
  for (let n = 0; n < 16 * 1024; n++) {
    take(piece);
  }
  take.end();
  expect(bytes).toBe(256 * 1024 * 1024);
});
