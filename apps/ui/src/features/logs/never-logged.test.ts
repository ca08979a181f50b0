import { expect, test } from "vitest";
import { neverLogged } from "./never-logged.ts";

test("a filter for answers is told from one that lines of a log may pass", () => {
  expect(neverLogged("fn:hello status:failed")).toMatch(/^status: is of answers/u);
  expect(neverLogged("dur:>1s")).toMatch(/^dur: is of answers/u);
  expect(neverLogged("fn:hello level:>=error")).toBeUndefined();
  expect(neverLogged('"status:failed"')).toBeUndefined();
});
