import { describe, expect, test } from "vitest";
import { SortedRows } from "../../shell/data/row-order.ts";
import { nextHit } from "./next-hit.ts";

const rows = (...ids: number[]) => new SortedRows({}, ids);
const LOG = rows(-1, 2, 3, -5, 7, 8);
const FOUND = rows(2, -5, 8);

describe("from one hit of the log to the next", () => {
  test("goes forth and back in the order of the log, lines among messages", () => {
    expect(nextHit(FOUND, LOG, 2, 1)).toBe(-5);
    expect(nextHit(FOUND, LOG, 8, -1)).toBe(-5);
  });

  test("begins beside the row that is selected, hit or not, or at an end", () => {
    expect(nextHit(FOUND, LOG, 3, 1)).toBe(-5);
    expect(nextHit(FOUND, LOG, 3, -1)).toBe(2);
    expect(nextHit(FOUND, LOG, -1, 1)).toBe(2);
    expect(nextHit(FOUND, LOG, undefined, 1)).toBe(2);
    expect(nextHit(FOUND, LOG, undefined, -1)).toBe(8);
  });

  test("goes round", () => {
    expect(nextHit(FOUND, LOG, 8, 1)).toBe(2);
    expect(nextHit(FOUND, LOG, 2, -1)).toBe(8);
  });

  test("leads nowhere where nothing is found", () => {
    expect(nextHit(rows(), LOG, 2, 1)).toBeUndefined();
  });
});
