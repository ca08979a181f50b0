import { expect, test } from "vitest";
import { mergeHeaders } from "./http-headers.ts";

test("a header that stands several times is one line with all its values", () => {
  const headers = [
    ["Set-Cookie", "a=1"],
    ["host", "h"],
    ["set-cookie", "b=2"],
    ["x-empty", ""],
  ] as const;
  expect(mergeHeaders(headers)).toEqual([
    ["Set-Cookie", "a=1\nb=2"],
    ["host", "h"],
    ["x-empty", ""],
  ]);
});
