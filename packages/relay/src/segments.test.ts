import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createSegments, type Segments, segmentName } from "./segments.ts";

let directory: string;
let segments: Segments;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "segments-"));
});

afterEach(() => {
  segments.close();
  rmSync(directory, { recursive: true, force: true });
});

function names(): string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith(".segment"))
    .sort();
}

/** Lets `advance` fail: what stands at the next segment's name cannot be replaced. */
function failToAdvance(number: number): void {
  const obstacle = join(directory, segmentName(number));
  mkdirSync(join(obstacle, "full"), { recursive: true });
  expect(() => segments.advance(1)).toThrow();
  rmSync(obstacle, { recursive: true });
}

test("a spare's file is there at once: none comes into being in a folder that is being removed", () => {
  segments = createSegments(directory);
  segments.advance(1);
  expect(readdirSync(directory)).toContain(`spare-${process.pid}`);
});

describe("an advance that fails", () => {
  test("does not lose the segment that was to be used again", () => {
    segments = createSegments(directory);
    segments.advance(1);
    segments.advance(1);
    segments.release(1);
    failToAdvance(3);
    segments.advance(1);
    expect(names()).toEqual([segmentName(2), segmentName(3)]);
  });

  test("does not count an unread segment as given up twice", () => {
    segments = createSegments(directory, 1);
    segments.advance(1);
    segments.advance(1);
    failToAdvance(3);
    expect(segments.takeDropped()).toBe(0);
    segments.advance(1);
    expect(segments.takeDropped()).toBe(1);
    expect(names()).toEqual([segmentName(2), segmentName(3)]);
  });
});
