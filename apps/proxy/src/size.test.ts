import { expect, test } from "vitest";
import { formatSize, parseSize } from "./size.ts";

test.each([
  ["1048576", 1_048_576],
  ["500mb", 524_288_000],
  ["2GB", 2_147_483_648],
  ["1.5g", 1_610_612_736],
  ["4096 kb", 4_194_304],
])("%s is %d bytes", (text, bytes) => {
  expect(parseSize(text, "--max-size")).toBe(bytes);
});

test.each(["", "mb", "12 parsecs", "-5mb", "1e9", "10kb"])("%s is refused with an example", (text) => {
  expect(() => parseSize(text, "--max-size")).toThrowError(
    expect.objectContaining({ code: "bad-size", hint: expect.stringContaining("--max-size 2gb") }),
  );
});

test.each([
  [812, "812 B"],
  [1229, "1.2 KB"],
  [4_404_019, "4.2 MB"],
  [268_435_456, "256 MB"],
  [5 * 2 ** 30, "5.0 GB"],
])("%d bytes are shown as %s", (bytes, text) => {
  expect(formatSize(bytes)).toBe(text);
});
