import type { InvocationRow, StepRow } from "@inspector/contract/page";
import { describe, expect, test } from "vitest";
import { nameOfExchange, statusOfExchange, tagsOf } from "./exchange.ts";

const invocation = (change: Partial<InvocationRow>): InvocationRow => ({
  type: "invocation",
  id: 5,
  stream: 1,
  invocationId: "7f3c21e0-0000",
  attempt: 1,
  state: "success",
  logs: 0,
  errorLogs: 0,
  lateLogs: 0,
  extraAnswers: 0,
  ...change,
});
const step = (change: Partial<StepRow>): StepRow => ({
  type: "step",
  id: 1,
  stream: 1,
  step: "load",
  state: "success",
  size: 10,
  count: 9,
  failed: 0,
  ...change,
});

test("a step that got no answer says that, not what was asked", () => {
  expect(statusOfExchange(step({ step: "init", state: "lost", text: "host 4.1037.0.0" }), 0)).toEqual({
    tone: "bad",
    label: "never answered",
  });
});

describe("the status of an invocation", () => {
  test("is the HTTP status where there is one, coloured by its class", () => {
    expect(statusOfExchange(invocation({ result: "201", httpStatus: 201 }), 0)).toEqual({ tone: "good", label: "201" });
    expect(statusOfExchange(invocation({ result: "404", httpStatus: 404 }), 0).tone).toBe("warn");
    expect(statusOfExchange(invocation({ result: "500", httpStatus: 500 }), 0).tone).toBe("bad");
  });

  test("is a word for any other answer, and the message for a failure", () => {
    expect(statusOfExchange(invocation({ result: '{"a":1}' }), 0).label).toBe("succeeded");
    expect(statusOfExchange(invocation({ state: "failed", result: "RangeError: too wide" }), 0)).toEqual({
      tone: "bad",
      label: "RangeError: too wide",
    });
    expect(statusOfExchange(invocation({ state: "lost" }), 0).tone).toBe("bad");
  });

  test("is a running clock while there is no answer", () => {
    const running = invocation({ state: "in-flight", startedAt: 1e9 });
    expect(statusOfExchange(running, 9.2e9)).toEqual({ tone: "busy", label: "in flight 8.20 s" });
    expect(statusOfExchange({ ...running, cancelledAt: 2e9 }, 9.2e9).label).toBe("cancelling 8.20 s");
  });

  test("is the holder's time while the request is held, and the worker's from then on", () => {
    const held = invocation({ state: "in-flight", startedAt: 1e9, held: { request: { from: 1e9 } } });
    expect(statusOfExchange(held, 9.2e9)).toEqual({ tone: "held", label: "held 8.20 s" });
    const released = { ...held, held: { request: { from: 1e9, to: 8e9 } } };
    expect(statusOfExchange(released, 9.2e9)).toEqual({ tone: "busy", label: "in flight 1.20 s" });
    expect(tagsOf(released).map(({ text }) => text)).toEqual(["held 7.00 s"]);
  });

  test("says no time that is not known: without a present, and in the moment it began", () => {
    const running = invocation({ state: "in-flight", startedAt: 1e9 });
    expect(statusOfExchange(running).label).toBe("in flight");
    expect(statusOfExchange(running, 1e9).label).toBe("in flight");
  });
});

test("a step says what it brought", () => {
  expect(statusOfExchange(step({ text: "8 of 9 loaded", state: "failed" }), 0)).toEqual({
    tone: "bad",
    label: "8 of 9 loaded",
  });
  expect(nameOfExchange(step({ step: "warmup" }))).toBe("warm up");
});

test("what is special is said beside the name", () => {
  expect(tagsOf(invocation({}))).toEqual([]);
  const special = invocation({ retryCount: 2, attempt: 2, lateLogs: 3, extraAnswers: 1, isOrphan: true });
  expect(tagsOf(special).map(({ text }) => text)).toEqual([
    "retry 2",
    "use 2 of id",
    "3 logs dropped",
    "2 answers",
    "no request",
  ]);
});
