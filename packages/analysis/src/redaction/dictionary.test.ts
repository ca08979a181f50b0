import { describe, expect, test } from "vitest";
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
    const [one, other] = [new Dictionary<string>(2 ** 12), new Dictionary<string>(2 ** 10)];
    for (const [index, text] of [...texts].entries()) {
      (index % 3 === 0 ? other : one).add(text, text);
    }
    // Short words are found only where they stand alone.
    const searched = new Set([...texts].filter((text) => !/^[ab]{1,9}$/u.test(text)));
    const longestAt = (at: number, isOther: boolean) =>
      [...texts]
        .filter((text, index) => (index % 3 === 0) === isOther && searched.has(text) && haystack.startsWith(text, at))
        .toSorted((a, b) => b.length - a.length)
        .slice(0, 1)
        .map((value) => ({ start: at, end: at + value.length, value }));
    const expected = Array.from({ length: haystack.length }, (_, at) => at).flatMap((at) => [
      ...longestAt(at, false),
      ...longestAt(at, true),
    ]);
    const found = Dictionary.find([one, other], haystack);
    expect(sorted(found.filter(({ value }) => searched.has(value)))).toEqual(sorted(expected));
    expect(found.length).toBeGreaterThan(100);
  });

  test("says of bytes whether a text may begin in as many of them as are asked about", () => {
    const dictionary = new Dictionary<string>(2 ** 12);
    dictionary.add("pa55-w0rd", "secret");
    const bytes = Buffer.from("is it pa55-w0rd or not");
    expect(Dictionary.mayContain([dictionary], bytes, bytes.length)).toBe(true);
    expect(Dictionary.mayContain([dictionary], bytes, 11)).toBe(false);
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
