import * as fc from "fast-check";
import { expect, test } from "vitest";
import { countLines, lineOfRow, onLine, rowAtLine } from "./caption-lines.ts";

test("puts captions above their rows, several in order", () => {
  const captions = [0, 2, 2];
  const lines = Array.from({ length: countLines(captions, 4) }, (_, line) => onLine(captions, line));
  expect(lines).toEqual([
    { caption: 0 },
    { row: 0 },
    { row: 1 },
    { caption: 1 },
    { caption: 2 },
    { row: 2 },
    { row: 3 },
  ]);
  expect(rowAtLine(captions, 3)).toBe(2);
  expect(rowAtLine(captions, 4)).toBe(2);
  expect(rowAtLine(captions, 5)).toBe(2);
});

test("finds every row again on its line", () => {
  const rows = fc.integer({ min: 1, max: 200 });
  fc.assert(
    fc.property(rows, fc.array(fc.integer({ min: 0, max: 199 })), (count, places) => {
      const captions = places.filter((at) => at < count).sort((a, b) => a - b);
      for (let row = 0; row < count; row++) {
        const line = lineOfRow(captions, row);
        expect(onLine(captions, line)).toEqual({ row });
        expect(rowAtLine(captions, line)).toBe(row);
      }
      expect(lineOfRow(captions, count - 1)).toBe(countLines(captions, count) - 1);
    }),
  );
});
