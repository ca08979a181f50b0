import type { HeldMessage } from "@inspector/contract/intervention";
import { describe, expect, test } from "vitest";
import {
  clockOf,
  countAnswers,
  countHeld,
  describeAnswer,
  describeEnd,
  describeHolds,
  describeLimit,
  describeRoom,
  describeRule,
} from "./hold-words.ts";

const held: HeldMessage = {
  id: 1,
  rule: 1,
  stream: 1,
  from: "host",
  kind: "invocation_request",
  size: 10,
  heldAt: 5e9,
  goesOnAt: 305e9,
  queued: 0,
};

describe("a rule", () => {
  test("is said in words", () => {
    expect(describeRule({ from: "host" })).toBe("invocations, on the way to the worker");
    expect(describeRule({ from: "worker", functions: ["hello"], filter: "status:failed" })).toBe(
      "answers of hello that match status:failed, on the way to the host",
    );
    expect(describeRule({ from: "host", kinds: ["worker_init_request"], stream: 3 })).toBe(
      "worker_init_request of stream 3, on the way to the worker",
    );
  });

  test("that answers says whom, with what, when and how often", () => {
    expect(describeRule({ from: "host", functions: ["hello"], filter: "size:>1kb", answer: {} })).toBe(
      "answers invocations of hello that match size:>1kb",
    );
    expect(describeAnswer({ text: "418 teapot", delayMs: 300, answered: 0, waiting: 0 })).toBe(
      "418 teapot, after 300 ms",
    );
    expect(describeAnswer({ status: "Success", answered: 0, waiting: 0 })).toBe("Success");
    expect(countAnswers({ answered: 3, waiting: 0 })).toBe("3 so far");
    expect(countAnswers({ answered: 1, waiting: 1, times: 3 })).toBe("1 of 3 so far, 1 about to be");
  });
});

test("a rule that the hub no longer lists has answered all of its messages, unless another page stopped it", () => {
  expect(describeEnd({ answered: 1, waiting: 1, times: 2 })).toBe("2 of 2, ended");
  expect(describeEnd({ answered: 1, waiting: 0, times: 2 })).toBe("2 of 2, unless another page stopped it");
});

describe("the clock of a held message", () => {
  test("runs from when it was held, against the host's own limit", () => {
    expect(clockOf(held, 7.5e9)).toEqual({ text: "2.5 s", isLate: false });
    expect(clockOf({ ...held, limit: 30e9 }, 10e9)).toEqual({ text: "5.0 s of the host's 30.0 s", isLate: false });
    expect(clockOf({ ...held, limit: 30e9 }, 30e9)).toMatchObject({ isLate: true });
    expect(clockOf({ ...held, limit: 30e9 }, 40e9).text).toBe("35 s of the host's 30.0 s: given up by the host");
    expect(clockOf(held, 605e9).text).toBe("10 min 0 s");
  });
});

test("what is held is said before what may be, and nothing where nothing is on", () => {
  const passed = { noRoom: 0, noVerdict: 0, tooLong: 0 };
  const rule = { id: 1, from: "host", held: 0, limitMs: 1000, passed } as const;
  expect(describeHolds([rule], [held])).toBe("1 held");
  expect(describeHolds([rule], [])).toBe("Hold is on");
  expect(describeHolds([], [])).toBeUndefined();
  const answers = { ...rule, answer: { answered: 0, waiting: 0 } };
  expect(describeHolds([answers], [])).toBe("Answering for the worker");
  expect(describeHolds([answers, rule], [])).toBe("Hold is on, answering for the worker");
  expect(describeHolds([answers], [held])).toBe("1 held, answering for the worker");
});

test("messages that went on though a rule matched them are counted, with the reason", () => {
  const passed = { noRoom: 141, noVerdict: 0, tooLong: 0 };
  expect(countHeld({ held: 3, passed })).toBe("3 held so far, 141 passed for lack of room");
  expect(countHeld({ held: 0, passed: { noRoom: 0, noVerdict: 2, tooLong: 1 } })).toBe(
    "2 passed since the filter took too long, 1 went on after the rule's limit",
  );
  expect(describeLimit(held)).toBe("goes on by itself after 5 min 0 s");
});

test("the room of held messages is shown while there are any, and what happens without room", () => {
  const room = { bytes: 3 * 2 ** 20, maxBytes: 2 ** 28, messages: 3, maxMessages: 5000, isPaused: false };
  expect(describeRoom(room)).toBe("Held messages take 3 MB of 256 MB.");
  expect(describeRoom({ ...room, bytes: 2 ** 28, isPaused: true })).toContain("Holding is paused");
  expect(describeRoom({ ...room, messages: 0 })).toBeUndefined();
});
