import { expect, test } from "vitest";
import { Column } from "../data/column.ts";
import { wantedRows } from "./wanted-rows.ts";

test("wants the rows in sight first, then the one above for its time, then those around", () => {
  const column = new Column((flush) => flush());
  column.append(
    Uint32Array.from({ length: 300 }, (_, index) => index + 1),
    300,
  );
  const wanted = wantedRows(column, { start: 100, end: 130 });
  expect(wanted.slice(0, 30)).toEqual(Array.from({ length: 30 }, (_, index) => 101 + index));
  expect(wanted[30]).toBe(100);
  expect(wanted[31]).toBe(131);
  expect(new Set(wanted).size).toBe(150);
});
