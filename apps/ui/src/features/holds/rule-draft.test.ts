import { describe, expect, test } from "vitest";
import { ANSWER, beginRule, blankRule, orderOf, type RuleDraft } from "./rule-draft.ts";

const NOTHING = { item: undefined, like: undefined };
const LIKE_HELLO = { item: "hello", like: 5 };
const typed: RuleDraft = { ...blankRule(LIKE_HELLO), answer: { message: { invocationResponse: {} } } };

describe("the form of a rule", () => {
  test("begins with what it is opened for", () => {
    expect(beginRule(undefined, NOTHING)).toMatchObject({ fn: "", outcome: "wait for me", limits: { times: "" } });
    expect(beginRule(undefined, LIKE_HELLO)).toMatchObject({ fn: "hello", outcome: ANSWER, limits: { times: "1" } });
  });

  test("shows what was typed when one comes back to it", () => {
    expect(beginRule(typed, NOTHING)).toBe(typed);
    expect(beginRule(typed, LIKE_HELLO)).toBe(typed);
  });

  test("begins anew where it is opened for something else", () => {
    expect(beginRule(typed, { item: "order", like: undefined })).toMatchObject({ fn: "order", answer: undefined });
    expect(beginRule(typed, { item: "hello", like: 6 })).toMatchObject({ fn: "hello", answer: undefined });
  });
});

test("the order of a rule says what was filled in, and its answer with its limits", () => {
  expect(orderOf(blankRule(NOTHING), undefined)).toEqual({ from: "host" });
  const filled: RuleDraft = {
    ...blankRule(NOTHING),
    way: "to the host",
    kind: "rpc_log",
    fn: "hello",
    filter: " size:>1kb ",
    seconds: "2.5",
  };
  expect(orderOf(filled, undefined)).toEqual({
    from: "worker",
    kinds: ["rpc_log"],
    functions: ["hello"],
    filter: "size:>1kb",
    limitMs: 2500,
  });
  const message = { invocationResponse: {} };
  expect(orderOf({ ...typed, seconds: "2.5" }, { message })).toEqual({
    from: "host",
    functions: ["hello"],
    answer: { message, times: 1 },
  });
});
