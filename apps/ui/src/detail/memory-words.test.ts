import { describe, expect, it } from "vitest";
import { isBeingCopied } from "../data/shared-memory.ts";
import { describeCopy } from "./memory-words.ts";

const whole = { name: "m", size: 2_097_152, stored: 2_097_152 };

describe("a value in shared memory", () => {
  it("has nothing to be said of it where all of it is there", () => {
    expect(describeCopy(whole)).toBeUndefined();
  });

  it("says how far copying is", () => {
    expect(describeCopy({ ...whole, stored: 1_048_576 })).toBe("Being copied: 1 MB of 2 MB so far.");
  });

  it("says why there is none, or not all", () => {
    expect(describeCopy(undefined)).toContain("Nothing is known");
    expect(describeCopy({ ...whole, stored: 0, problem: "it is no file" })).toBe("Not copied: it is no file.");
    expect(describeCopy({ ...whole, stored: 9, problem: "its file ends after 9 bytes" })).toContain("Not all of it");
    expect(describeCopy({ ...whole, isDropped: true })).toContain("size limit");
  });

  it("is waited for only while more will come", () => {
    const partial = { ...whole, stored: 1 };
    expect(isBeingCopied({ memory: [whole, partial] })).toBe(true);
    expect(isBeingCopied({ memory: [whole, { ...partial, problem: "gone" }, { ...partial, isDropped: true }] })).toBe(
      false,
    );
    expect(isBeingCopied({})).toBe(false);
  });
});
