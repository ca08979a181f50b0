import { expect, test } from "vitest";
import { nextTheme, parseTheme } from "./theme.ts";

test("goes round from the system's theme to light, dark and back", () => {
  expect(nextTheme("system")).toBe("light");
  expect(nextTheme(nextTheme("system"))).toBe("dark");
  expect(nextTheme(nextTheme(nextTheme("system")))).toBe("system");
});

test("takes anything unknown for the system's theme", () => {
  expect([null, "sepia", 1].map(parseTheme)).toEqual(["system", "system", "system"]);
});
