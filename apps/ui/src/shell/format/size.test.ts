import { expect, test } from "vitest";
import { formatBytes, formatPlural, formatSize } from "./size.ts";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1 KB"],
  [1229, "1.2 KB"],
  [102_400, "100 KB"],
  [1024 * 1024 - 1, "1 MB"],
  [268_435_456, "256 MB"],
])("writes %d bytes as %s", (bytes, text) => {
  expect(formatSize(bytes)).toBe(text);
});

test("counts one and many", () => {
  expect(formatBytes(1)).toBe("1 byte");
  expect(formatBytes(2000)).toBe("2\u202f000 bytes");
  expect(formatPlural(1, "gap", "gaps")).toBe("1 gap");
  expect(formatPlural(3, "gap", "gaps")).toBe("3 gaps");
});
