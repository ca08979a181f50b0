import { expect, test } from "vitest";
import { HOST, type PairingFacts, WORKER } from "./exchange.ts";
import { createTracker } from "./tracker.ts";
import { type WorkerStep, workerStepPairing } from "./worker-step.ts";

function stepsOf(messages: readonly (Partial<PairingFacts> & { readonly kind: number })[]): WorkerStep[] {
  const tracker = createTracker(workerStepPairing, { load: () => [], isEmpty: () => true });
  for (const [index, message] of messages.entries()) {
    tracker.add({ seq: index + 1, at: index * 10, stream: 1, size: 1, side: HOST, ...message });
  }
  return tracker.takeChanged();
}

test("StartStream is a step that nobody asked for", () => {
  expect(stepsOf([{ kind: 20, side: WORKER }])).toMatchObject([
    { step: "start", startedSeq: undefined, answeredSeq: 1 },
  ]);
});

test("loads are paired by function, in whatever order they are answered", () => {
  const steps = stepsOf([
    { kind: 8, functionId: "f1", text: "hello" },
    { kind: 8, functionId: "f2" },
    { kind: 8, functionId: "f3" },
    { kind: 9, side: WORKER, functionId: "f2", status: 1 },
    { kind: 9, side: WORKER, functionId: "f1", status: 0, text: "no such file" },
  ]);
  expect(steps).toMatchObject([
    { step: "load", subject: "f1", text: "hello", answeredSeq: 5, status: 0, result: "no such file" },
    { step: "load", subject: "f2", answeredSeq: 4, status: 1 },
    { step: "load", subject: "f3", answeredSeq: undefined },
  ]);
});

test("status pings are paired by request id", () => {
  const steps = stepsOf([
    { kind: 12, requestId: "p1" },
    { kind: 12, requestId: "p2" },
    { kind: 13, side: WORKER, requestId: "p2" },
  ]);
  expect(steps.map(({ subject, answeredSeq }) => [subject, answeredSeq])).toEqual([
    ["p1", undefined],
    ["p2", 3],
  ]);
});

test("the request ids of other messages mean nothing", () => {
  const steps = stepsOf([
    { kind: 17 },
    { kind: 16, side: WORKER, requestId: "start-up", status: 1 },
    { kind: 29, requestId: "x" },
    { kind: 30, side: WORKER, requestId: "start-up", status: 1 },
  ]);
  expect(steps).toMatchObject([
    { step: "init", startedSeq: 1, answeredSeq: 2 },
    { step: "index", startedSeq: 3, answeredSeq: 4 },
  ]);
});

test("what stands in the place of a message is no second one", () => {
  const steps = stepsOf([
    { kind: 17 },
    { kind: 16, side: WORKER, status: 1 },
    { kind: 16, side: WORKER, status: 1, isStandIn: true },
    { kind: 8, functionId: "f1" },
    { kind: 8, functionId: "f1", isStandIn: true },
    { kind: 9, side: WORKER, functionId: "f1", isStandIn: true, status: 1 },
  ]);
  expect(steps).toMatchObject([
    { step: "init", startedSeq: 1, answeredSeq: 2, extraAnswers: 0 },
    { step: "load", startedSeq: 4, answeredSeq: 6, extraAnswers: 0, attempt: 1 },
  ]);
});

test("a second reload is another attempt, a second answer is extra", () => {
  const steps = stepsOf([
    { kind: 25 },
    { kind: 26, side: WORKER, status: 1 },
    { kind: 25 },
    { kind: 26, side: WORKER, status: 1 },
    { kind: 26, side: WORKER, status: 1 },
  ]);
  expect(steps).toMatchObject([
    { attempt: 1, answeredSeq: 2, extraAnswers: 0 },
    { attempt: 2, answeredSeq: 4, extraAnswers: 1 },
  ]);
});
