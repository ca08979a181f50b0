import { describe, expect, test } from "vitest";
import { parseTimeSpan } from "./time-span.ts";

describe("a .NET time span", () => {
  test.each([
    ["00:00:10", 10_000],
    ["00:02:00", 120_000],
    ["1.00:00:00", 86_400_000],
    ["30.00:00:00", 30 * 86_400_000],
    ["00:05", 300_000],
    ["00:00:00.25", 250],
    ["-00:00:01", -1000],
  ])("%s is %d ms", (text, expected) => {
    expect(parseTimeSpan(text)).toBe(expected);
  });

  test.each(["", "10", "0 */5 * * * *", "25:00:00", "00:61:00"])("'%s' is none", (text) => {
    expect(parseTimeSpan(text)).toBeUndefined();
  });
});
