import { describe, expect, test } from "vitest";
import { parseAnsi } from "../format/ansi.ts";
import { cutTrailingBlanks, endsOfLines } from "./trailing-blanks.ts";

/** The text as it is shown, with a dot for each blank that is marked. */
function show(text: string): string {
  const spans = parseAnsi(text);
  const ends = endsOfLines(spans);
  const mark = (part: string, index: number) => (index % 2 === 0 ? part : "·".repeat(part.length));
  return spans.map((span, index) => cutTrailingBlanks(span.text, ends[index]).map(mark).join("")).join("");
}

describe("blanks are marked", () => {
  test("where they end a line or the text", () => {
    expect(show("a b  \n \nc\t\u00a0")).toBe("a b··\n·\nc··");
    expect(show("  a b")).toBe("  a b");
  });

  test("not where a colour ends inside of a line", () => {
    expect(show("\u001b[32minfo \u001b[0mhello")).toBe("info hello");
    expect(show("\u001b[32minfo\n a \u001b[0mhello ")).toBe("info\n a hello·");
  });

  test("where a colour ends with the line", () => {
    expect(show("\u001b[32minfo \u001b[0m")).toBe("info·");
    expect(show("\u001b[32minfo \u001b[0m\nhello")).toBe("info·\nhello");
    expect(show("\u001b[32minfo \u001b[0m \u001b[1m \nhello")).toBe("info···\nhello");
  });

  test("not in a run of hundreds of thousands that does not end a line", () => {
    const text = `a${" ".repeat(400_000)}x`;
    expect(cutTrailingBlanks(text)).toEqual([text]);
    expect(cutTrailingBlanks(`${text} `)).toEqual([text, " ", ""]);
  });
});
