import { expect, test } from "vitest";
import { describeBadOption, once, readOptions } from "./send-options.ts";

test("what is typed becomes what the hub takes", () => {
  expect(readOptions(once(undefined))).toEqual({ timeoutMs: 60_000 });
  expect(readOptions(once(66e9))).toEqual({ timeoutMs: 198_000 });
  expect(readOptions({ times: "20", perSecond: "2.5", timeoutSeconds: "1" })).toEqual({
    times: 20,
    perSecond: 2.5,
    timeoutMs: 1000,
  });
});

test.each([
  [{ times: "0" }, /^Times: .* 1 to 10\D000/u],
  [{ times: "1.5" }, /^Times/u],
  [{ times: "2", perSecond: "0" }, /^Rate/u],
  [{ timeoutSeconds: "" }, /^Time-out/u],
  [{ timeoutSeconds: "86401" }, /^Time-out/u],
])("says what is wrong with %j", (change, said) => {
  expect(describeBadOption({ ...once(undefined), ...change })).toMatch(said);
  expect(readOptions({ ...once(undefined), ...change })).toBeUndefined();
});

test("a rate that was typed before is no matter of what is sent once", () => {
  expect(describeBadOption({ ...once(undefined), perSecond: "0" })).toBeUndefined();
});
