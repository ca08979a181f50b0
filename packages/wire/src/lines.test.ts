import { splitLines } from "@inspector/wire/lines";
import { expect, onTestFinished, test, vi } from "vitest";

function cut(limit: number, ...texts: string[]): [string, boolean][] {
  const lines: [string, boolean][] = [];
  const take = splitLines(limit, (line, isCut) => lines.push([line, isCut]));
  for (const text of texts) {
    take(text);
  }
  take.end();
  return lines;
}

test("lines come whole however the text is cut, without their ends", () => {
  expect(cut(10, "a\r", "\nb", "c\n\n", "d")).toEqual([
    ["a", false],
    ["bc", false],
    ["", false],
    ["d", false],
  ]);
});

test("a line beyond the limit comes in pieces", () => {
  expect(cut(3, "abcdefg", "h\nxyz\n")).toEqual([
    ["abc", true],
    ["def", true],
    ["gh", false],
    ["xyz", false],
  ]);
});

test("each character is looked at a bounded number of times, in a line that arrives in thousands of pieces", () => {
  const looked = countLooks();
  let bytes = 0;
  const take = splitLines(Number.POSITIVE_INFINITY, (line) => {
    bytes += line.length;
  });
  const piece = "x".repeat(256);
  for (let n = 0; n < 4096; n++) {
    take(piece);
  }
  take("\n");
  expect(bytes).toBe(1024 * 1024);
  // A line that is looked through anew with every piece costs two thousand times as much.
  expect(looked()).toBeLessThan(8 * bytes);
});

/** Characters that texts were searched for, cut to or joined of since then. */
function countLooks(): () => number {
  let looked = 0;
  for (const name of ["indexOf", "lastIndexOf", "includes", "split", "slice", "substring"] as const) {
    const real = String.prototype[name] as (this: string, ...given: unknown[]) => unknown;
    vi.spyOn(String.prototype, name).mockImplementation(function look(this: string, ...given: unknown[]) {
      looked += this.length;
      return real.apply(this, given) as never;
    });
  }
  const join = Array.prototype.join;
  vi.spyOn(Array.prototype, "join").mockImplementation(function look(this: unknown[], separator) {
    const text = join.call(this, separator);
    looked += text.length;
    return text;
  });
  onTestFinished(() => void vi.restoreAllMocks());
  return () => looked;
}
