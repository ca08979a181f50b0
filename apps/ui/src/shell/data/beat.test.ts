import { afterEach, expect, test, vi } from "vitest";
import { untilBeat } from "./beat.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

test("a timer of that length never comes before the beat, for it leaves out what is no whole millisecond", () => {
  for (const now of [0, 0.2, 499.7, 999.4, 1000, 12_345.6]) {
    vi.spyOn(performance, "now").mockReturnValue(now);
    const at = now + Math.trunc(untilBeat(1000));
    expect(at).toBeGreaterThanOrEqual((Math.floor(now / 1000) + 1) * 1000);
    expect(at).toBeLessThan((Math.floor(now / 1000) + 1) * 1000 + 1);
  }
});
