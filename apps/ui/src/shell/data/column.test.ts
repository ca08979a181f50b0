import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Column } from "./column.ts";

const atOnce = (flush: () => void) => flush();

describe("a column", () => {
  test("finds a number by its index and the index by its number, also after it grew many times", () => {
    const column = new Column(atOnce);
    for (let start = 1; start <= 50_000; start += 500) {
      const seqs = Uint32Array.from({ length: 500 }, (_, index) => (start + index) * 3);
      column.append(seqs, (start + 499) * 3);
    }
    expect(column.length).toBe(50_000);
    expect(column.at(41_999)).toBe(126_000);
    expect(column.indexOf(126_000)).toBe(41_999);
    expect(column.indexOf(126_001)).toBe(-1);
    expect(column.at(50_000)).toBeUndefined();
    expect(column.at(-1)).toBeUndefined();
  });

  test("adds no row twice when a frame comes again after a reconnect", () => {
    const column = new Column(atOnce);
    column.append(Uint32Array.of(1, 2, 5), 6);
    column.append(Uint32Array.of(2, 5, 9), 9);
    expect(column.slice(0, 10)).toEqual([1, 2, 5, 9]);
  });

  test("moves its cursor over numbers that did not match, so that resuming looks at none of them again", () => {
    const column = new Column(atOnce);
    column.append(new Uint32Array(), 4000);
    expect(column.length).toBe(0);
    expect(column.cursor).toBe(4000);
  });

  test("says that it grew once the contents of few rows may be there, at once of many, and nothing where it is the same", () => {
    const raised: (string | undefined)[] = [];
    const column = new Column((flush, due) => {
      raised.push(due);
      flush();
    });
    column.take(Uint32Array.of(1), new Uint32Array(), 1);
    column.take(Uint32Array.of(2), new Uint32Array(), 2);
    column.take(
      Uint32Array.from({ length: 500 }, (_, at) => 3 + at),
      new Uint32Array(),
      502,
    );
    column.take(Uint32Array.of(2), new Uint32Array(), 503);
    column.take(new Uint32Array(), Uint32Array.of(9999), 504);
    expect(raised).toEqual(["frame", "soon", "frame"]);
  });

  test("cuts a slice at its ends", () => {
    const column = new Column(atOnce);
    column.append(Uint32Array.of(7, 8), 8);
    expect(column.slice(-5, 99)).toEqual([7, 8]);
    expect(column.slice(2, 4)).toEqual([]);
  });
});

describe("a column of messages", () => {
  const NONE = new Uint32Array();

  test("puts a message that is marked behind its time in its place, and takes out one that is not what it was", () => {
    const column = new Column(atOnce);
    column.take(Uint32Array.of(4, 9), NONE, 9);
    column.take(Uint32Array.of(6, 12), Uint32Array.of(9), 12);
    expect(column.slice(0, 10)).toEqual([4, 6, 12]);
    column.take(Uint32Array.of(2), NONE, 12);
    column.take(NONE, Uint32Array.of(12), 12);
    column.take(Uint32Array.of(13), NONE, 14);
    expect(column.slice(0, 10)).toEqual([2, 4, 6, 13]);
    expect(column.cursor).toBe(14);
  });
});

describe("a column of invocations", () => {
  const NONE = new Uint32Array();

  test("holds a row once that came with a frame whose cursor was not there yet, and again with the one that got there", () => {
    const column = new Column(atOnce);
    column.take(Uint32Array.of(3, 8), NONE, 10);
    column.take(Uint32Array.of(40), NONE, 20);
    column.take(Uint32Array.of(25, 40, 44), NONE, 50);
    expect(column.slice(0, 10)).toEqual([3, 8, 25, 40, 44]);
    column.take(Uint32Array.of(51), NONE, 60);
    expect(column.slice(0, 10)).toEqual([3, 8, 25, 40, 44, 51]);
  });

  test("holds every row once when a page that had a part of them begins anew", () => {
    const column = new Column(atOnce);
    column.take(Uint32Array.of(1, 4), NONE, 0);
    column.take(Uint32Array.of(1, 4), NONE, 0);
    column.take(Uint32Array.of(6, 9), NONE, 12);
    expect(column.slice(0, 10)).toEqual([1, 4, 6, 9]);
  });

  test("is what a sorted set would be, whatever rows a frame has beyond its cursor", () => {
    const frame = fc.tuple(
      fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 8 }),
      fc.integer({ min: 0, max: 60 }),
    );
    fc.assert(
      fc.property(fc.array(frame), (frames) => {
        const column = new Column(atOnce);
        const model = new Set<number>();
        for (const [ids, cursor] of frames) {
          const sorted = ids.toSorted((a, b) => a - b);
          column.take(Uint32Array.from(sorted), NONE, cursor);
          for (const id of ids) {
            model.add(id);
          }
        }
        expect(column.slice(0, column.length)).toEqual([...model].sort((a, b) => a - b));
      }),
    );
  });
});

describe("a column whose rows come and go", () => {
  const created = (...ids: number[]) => {
    const column = new Column((flush) => flush());
    column.merge(Uint32Array.from(ids), Uint32Array.of(), 100);
    return column;
  };

  test("holds every row once, ascending, whatever order they came in", () => {
    const column = created(5, 3, 9);
    column.merge(Uint32Array.of(9, 4, 12, 1), Uint32Array.of(), 120);
    expect(column.slice(0, 10)).toEqual([1, 3, 4, 5, 9, 12]);
    expect(column.cursor).toBe(120);
  });

  test("shows few that came soon, when their contents are there, and at once that some are gone", () => {
    const raised: (string | undefined)[] = [];
    const column = new Column((flush, due) => {
      raised.push(due);
      flush();
    });
    column.merge(Uint32Array.of(5, 3), Uint32Array.of(), 10);
    column.merge(Uint32Array.of(4), Uint32Array.of(), 10);
    column.merge(Uint32Array.of(6), Uint32Array.of(5), 10);
    expect(raised).toEqual(["frame", "soon", "frame"]);
  });

  test("loses what does not match any more, and takes it in again at its place", () => {
    const column = created(1, 2, 3, 4);
    column.merge(Uint32Array.of(5), Uint32Array.of(2, 3, 77), 130);
    expect(column.slice(0, 10)).toEqual([1, 4, 5]);
    column.merge(Uint32Array.of(3), Uint32Array.of(), 140);
    expect(column.slice(0, 10)).toEqual([1, 3, 4, 5]);
  });

  test("is what a sorted set would be", () => {
    const numbers = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 20 });
    fc.assert(
      fc.property(fc.array(fc.tuple(numbers, numbers)), (frames) => {
        const column = new Column((flush) => flush());
        const model = new Set<number>();
        for (const [ids, leaving] of frames) {
          const gone = leaving.filter((id) => !ids.includes(id));
          column.merge(Uint32Array.from(new Set(ids)), Uint32Array.from(gone), 1);
          for (const id of gone) {
            model.delete(id);
          }
          for (const id of ids) {
            model.add(id);
          }
        }
        expect(column.slice(0, column.length)).toEqual([...model].sort((a, b) => a - b));
      }),
    );
  });
});
