import { expect, test } from "vitest";
import { cutAtHits } from "./find-marks.ts";

const cut = (text: string, wanted: string) =>
  cutAtHits(text, wanted).map(({ text, isHit }) => (isHit ? `[${text}]` : text));

test("a text is cut at each hit, in either case, and nothing of it is lost", () => {
  expect(cut("Note: a note", "note")).toEqual(["[Note]", ": a ", "[note]"]);
  expect(cut("aaa", "aa")).toEqual(["[aa]", "a"]);
  expect(cut("nothing", "x")).toEqual(["nothing"]);
  expect(cut("", "x")).toEqual([""]);
  expect(cut("all", "")).toEqual(["all"]);
});
