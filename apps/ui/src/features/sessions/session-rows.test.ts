import type { SessionSummary } from "@inspector/contract/page";
import { describe, expect, test } from "vitest";
import {
  checkName,
  comparisonKey,
  formatDay,
  inOrder,
  readComparison,
  shownSession,
  toggleChosen,
  whyFixed,
  withShown,
} from "./session-rows.ts";

const session = (name: string, startedAt = 0): SessionSummary => ({
  name,
  startedAt,
  modifiedAt: startedAt,
  bytes: 0,
  messages: 0,
  isLive: false,
  isCurrent: false,
});

describe("a new name", () => {
  const sessions = [session("a"), session("b")];
  test("may be the old one, but nobody else's", () => {
    expect(checkName(" a ", "a", sessions)).toEqual({ ok: true, name: "a" });
    expect(checkName("b", "a", sessions)).toMatchObject({ ok: false });
  });
  test("leads out of no folder and hides no file", () => {
    for (const name of ["", "../x", ".x", "a/b", "a|b", "x".repeat(101)]) {
      expect(checkName(name, "a", sessions).ok, name).toBe(false);
    }
  });
});

describe("the session that is shown", () => {
  const sessions = [session("a"), { ...session("b"), isCurrent: true }];
  test("is the one in the address, else the inspector's own", () => {
    expect(shownSession("?session=a&view=sessions", sessions)).toBe("a");
    expect(shownSession("?view=sessions", sessions)).toBe("b");
  });
  test("keeps its name, as does one that is being recorded", () => {
    expect(whyFixed(session("a"), "a")).toContain("shown here");
    expect(whyFixed({ ...session("a"), isLive: true }, "b")).toContain("being recorded");
    expect(whyFixed({ ...session("b"), isCurrent: true }, "a")).toContain("started with");
    expect(whyFixed(session("a"), "b")).toBeUndefined();
  });
});

describe("sessions to compare", () => {
  test("are two: a third takes the place of the first", () => {
    expect(["a", "b", "c", "b"].reduce<readonly string[]>(toggleChosen, [])).toEqual(["c"]);
  });
  test("are put in the order in which they were recorded", () => {
    const sessions = [session("new", 9), session("old", 1)];
    expect(inOrder(["new", "old"], sessions)).toEqual(["old", "new"]);
    expect(inOrder(["new"], sessions)).toBeUndefined();
  });
  test("are found again in the address", () => {
    const names = ["bug 4711", "fixed"] as const;
    expect(readComparison(comparisonKey({ names }))).toEqual({ names });
    const call = { name: "of | any name", nth: 12 };
    expect(readComparison(comparisonKey({ names, call }))).toEqual({ names, call });
    expect(readComparison("compare a | b | 0 c")).toBeUndefined();
    expect(readComparison("bug 4711")).toBeUndefined();
  });
});

test("today is called so", () => {
  const noon = new Date(2026, 10, 21, 12, 5).getTime();
  expect(formatDay(noon, noon + 3600_000)).toBe("today 12:05");
  expect(formatDay(noon, noon + 24 * 3600_000)).toBe("2026-11-21 12:05");
});

test("the session that is shown has the size and messages that the page knows", () => {
  const [a, b] = [session("a"), session("b")];
  const known = { last: 7, size: { file: 4096, bodiesDropped: 0, rowsDropped: 0 } };
  expect(withShown([a, b], "b", known)).toEqual([a, { ...b, messages: 7, bytes: 4096 }]);
  expect(withShown([a, b], "b", undefined)).toEqual([a, b]);
});
