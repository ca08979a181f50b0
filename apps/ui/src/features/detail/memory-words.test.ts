import { describe, expect, test } from "vitest";
import { isBeingCopied } from "../../shell/data/shared-memory.ts";
import { describeCopy } from "./memory-words.ts";

const whole = { name: "m", size: 2_097_152, stored: 2_097_152 };

describe("a value in shared memory", () => {
  test("has nothing to be said of it where all of it is there", () => {
    expect(describeCopy(whole, true)).toBeUndefined();
  });

  test("says how far copying is", () => {
    expect(describeCopy({ ...whole, stored: 1_048_576 }, true)).toBe("Being copied: 1 MB of 2 MB so far.");
  });

  test("says what is there where nothing more will come: the recording ended while it was copied", () => {
    expect(describeCopy({ ...whole, stored: 1_048_576 }, false)).toBe(
      "Not all of it was copied: 1 MB of 2 MB, when the recording ended.",
    );
    expect(describeCopy(whole, false)).toBeUndefined();
  });

  test("says why there is none, or not all", () => {
    expect(describeCopy(undefined, true)).toContain("Its content is not known");
    expect(describeCopy({ ...whole, stored: 0, problem: "it is no file" }, true)).toBe("Not copied: it is no file.");
    expect(describeCopy({ ...whole, stored: 9, problem: "its file ends after 9 bytes" }, true)).toContain(
      "Not all of it",
    );
    expect(describeCopy({ ...whole, isDropped: true }, true)).toContain("size limit");
  });

  test("is waited for only while more will come", () => {
    const partial = { ...whole, stored: 1 };
    const live = { source: "live" } as const;
    expect(isBeingCopied({ memory: [whole, partial] }, live)).toBe(true);
    const given = { memory: [whole, { ...partial, problem: "gone" }, { ...partial, isDropped: true as const }] };
    expect(isBeingCopied(given, live)).toBe(false);
    expect(isBeingCopied({}, live)).toBe(false);
  });

  test("is not waited for in an opened file, where nobody copies any more", () => {
    const partial = { memory: [{ ...whole, stored: 1 }] };
    expect(isBeingCopied(partial, { source: "file" })).toBe(false);
    expect(isBeingCopied(partial, undefined)).toBe(false);
  });
});
