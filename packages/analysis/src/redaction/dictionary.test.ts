import { describe, expect, test } from "vitest";
import { Beginnings } from "./beginnings.ts";
import { CleanTexts } from "./clean-texts.ts";
import { Dictionary, type Hit } from "./dictionary.ts";

/** The same numbers in every run. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
}

const random = createRandom(7);
/** Few letters: texts begin alike, and stand within one another. */
const randomText = (length: number): string => Array.from({ length }, () => "ab-"[random(3)]).join("");

function sorted(hits: readonly Hit<string>[]): string[] {
  return hits.map(({ start, end, value }) => `${start} ${end} ${value}`).sort();
}

describe("a dictionary", () => {
  test("finds the longest of its texts at each place, whatever their lengths and beginnings", () => {
    const haystack = randomText(6000);
    const cut = [6, 7, 9, 15, 16, 17, 31, 32, 33, 70, 255, 256, 300, 1200].flatMap((length) =>
      [100, 101, 900, 4000].map((start) => haystack.slice(start, start + length)),
    );
    const texts = new Set([...cut, ...Array.from({ length: 200 }, () => randomText(6 + random(40)))]);
    const dictionary = new Dictionary<string>(2 ** 12);
    for (const text of texts) {
      dictionary.add(text, text);
    }
    // Short words are found only where they stand alone.
    const searched = new Set([...texts].filter((text) => !/^[ab]{1,9}$/u.test(text)));
    const longestAt = (at: number) =>
      [...searched]
        .filter((text) => haystack.startsWith(text, at))
        .toSorted((a, b) => b.length - a.length)
        .slice(0, 1)
        .map((value) => ({ start: at, end: at + value.length, value }));
    const expected = Array.from({ length: haystack.length }, (_, at) => at).flatMap(longestAt);
    const found = dictionary.find(haystack);
    expect(sorted(found.filter(({ value }) => searched.has(value)))).toEqual(sorted(expected));
    expect(found.length).toBeGreaterThan(100);
  });

  test("finds no text that was taken out, and all others, however many were", () => {
    const dictionary = new Dictionary<string>(2 ** 12);
    dictionary.add("pa55-w0rd", "kept");
    for (let n = 0; n < 200_100; n += 1) {
      dictionary.add(`text ${n}`, "gone");
      dictionary.delete(`text ${n}`);
    }
    expect(dictionary.find("text 7, text 200099, pa55-w0rd")).toEqual([{ start: 21, end: 30, value: "kept" }]);
  });

  test("gives up telling occurrences apart where each of a million letters begins a long one", {
    timeout: 60_000,
  }, () => {
    const dictionary = new Dictionary<string>(2 ** 12);
    const long = "a".repeat(60_000);
    dictionary.add(long, "a");
    const hits = dictionary.find(`before ${"a".repeat(1_000_000)} behind`);
    expect(hits[0]?.start).toBe(7);
    expect(hits.at(-1)?.end).toBe(1_000_014);
    expect(hits.length).toBeLessThan(2000);
  });

  test("gives up telling numbers from parts of a longer one where a million digits begin a thousand", {
    timeout: 60_000,
  }, () => {
    const dictionary = new Dictionary<string>(2 ** 16);
    for (let length = 1000; length < 2000; length += 1) {
      dictionary.add("1".repeat(length), "number");
    }
    expect(dictionary.find(`x${"1".repeat(1010)}2`)).toEqual([]);
    expect(dictionary.find("1".repeat(1_000_000)).at(-1)?.end).toBe(1_000_000);
  });
});

describe("beginnings of texts", () => {
  const beginnings = new Beginnings();
  beginnings.add("pa55-w0rd");

  test.each([0, 1, 2, 3])("show in base64, %i bytes behind its beginning", (before) => {
    const run = Buffer.from(`${"\u0001".repeat(before)}pa55-w0rd`).toString("base64");
    expect(beginnings.mayBeIn(run)).not.toBe(0);
    expect(beginnings.mayBeIn(`x${run}`)).not.toBe(0);
  });

  test("are not in words of other letters, and may be in what is too long to tell", () => {
    expect(beginnings.mayBeIn("warehouse")).toBe(0);
    expect(beginnings.mayBeIn(Buffer.from("something else").toString("base64"))).toBe(0);
    expect(beginnings.mayBeIn("a".repeat(5000))).toBe(0b1111);
  });
});

describe("texts that held nothing", () => {
  const asItIs = (text: string, visit: (view: string) => void) => visit(text);

  test("are remembered when they come again, until something that they may hold is looked for", () => {
    const clean = new CleanTexts();
    clean.add("Executing hello", asItIs);
    expect(clean.has("Executing hello")).toBe(false);
    clean.add("Executing hello", asItIs);
    expect(clean.has("Executing hello")).toBe(true);
    clean.noteSearched("something else");
    expect(clean.has("Executing hello")).toBe(true);
    clean.noteSearched("cuting");
    expect(clean.has("Executing hello")).toBe(false);
  });

  test("are all forgotten where there are too many, and remembered anew", () => {
    const clean = new CleanTexts();
    for (let n = 0; n < 6000; n += 1) {
      clean.add(`name ${n}`, asItIs);
      clean.add(`name ${n}`, asItIs);
    }
    expect(clean.has("name 0")).toBe(false);
    expect(clean.has("name 5999")).toBe(true);
    clean.noteSearched("e 5999");
    expect(clean.has("name 5999")).toBe(false);
  });

  test("are forgotten for what they hold encoded, too", () => {
    const clean = new CleanTexts();
    for (let times = 0; times < 2; times += 1) {
      clean.add("cGE1NS13MHJk", (text, visit) => [text, "pa55-w0rd"].forEach(visit));
    }
    clean.noteSearched("pa55-w");
    expect(clean.has("cGE1NS13MHJk")).toBe(false);
  });
});
