import { once } from "node:events";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { onWholeLines } from "./whole-lines.ts";

test("whole lines are handed over, however they arrive, and what the end cuts off is not", async () => {
  const source = new PassThrough();
  const lines: string[] = [];
  onWholeLines(source, (line) => lines.push(line));
  for (const piece of ['{"a":', '"ü"}\n{"b":1}\n', '{"cut":"of']) {
    source.write(piece);
  }
  source.end();
  await once(source, "end");
  expect(lines).toEqual(['{"a":"ü"}', '{"b":1}']);
});
