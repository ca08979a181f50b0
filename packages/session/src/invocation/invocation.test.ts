import { expect, test } from "vitest";
import { durationOf, HOST, type PairingFacts, WORKER } from "./exchange.ts";
import { type Invocation, invocationPairing, invocationState } from "./invocation.ts";
import { createTracker } from "./tracker.ts";

const KINDS: Readonly<Record<string, number>> = { log: 2, request: 4, response: 5, cancel: 21 };

/** One message a line: who sent it, what, the id, and a status or level. Sequence numbers and times count the lines. */
function invocationsOf(scene: string): Invocation[] {
  const tracker = createTracker(invocationPairing, { load: () => [], isEmpty: () => true });
  const lines = scene.trim().split("\n");
  for (const [index, line] of lines.entries()) {
    const [from, kind = "", invocationId, number] = line.trim().split(/\s+/);
    const facts: PairingFacts = {
      seq: index + 1,
      at: (index + 1) * 10,
      stream: 1,
      side: from === "host" ? HOST : WORKER,
      size: 100 + index,
      kind: KINDS[kind] ?? 0,
      invocationId: invocationId === "-" ? undefined : invocationId,
      text: `${kind} ${index + 1}`,
    };
    const value = number === undefined ? undefined : Number(number);
    tracker.add({
      ...facts,
      status: kind === "response" ? value : undefined,
      level: kind === "log" ? value : undefined,
    });
  }
  return tracker.takeChanged();
}

test("an invocation is its request, logs, cancel and response", () => {
  const rows = invocationsOf(`
    host   request  a
    worker log      a 2
    worker log      a 4
    host   cancel   a
    host   cancel   a
    worker response a 2
  `);
  expect(rows).toEqual([
    {
      id: 1,
      stream: 1,
      attempt: 1,
      invocationId: "a",
      functionId: undefined,
      startedSeq: 1,
      startedAt: 10,
      text: "request 1",
      requestSize: 100,
      retryCount: undefined,
      logs: 2,
      errorLogs: 1,
      lateLogs: 0,
      cancelSeq: 4,
      cancelAt: 40,
      answeredSeq: 6,
      answeredAt: 60,
      status: 2,
      result: "response 6",
      responseSize: 105,
      extraAnswers: 0,
      isOverlapping: false,
    },
  ]);
  expect(rows.map(durationOf)).toEqual([50]);
  expect(rows.map((row) => invocationState(row, false))).toEqual(["cancelled"]);
});

test("without an answer it is in flight until the stream ends, then lost", () => {
  const [row] = invocationsOf("host request a");
  expect(row && [invocationState(row, false), invocationState(row, true)]).toEqual(["in-flight", "lost"]);
});

test("logs behind the response are late, and a second response is extra", () => {
  const rows = invocationsOf(`
    host   request  a
    worker response a 1
    worker log      a 2
    worker response a 0
  `);
  expect(rows).toMatchObject([{ status: 1, answeredSeq: 2, lateLogs: 1, extraAnswers: 1, responseSize: 101 }]);
});

test("an id sent again after its answer is another attempt", () => {
  const rows = invocationsOf(`
    host   request  a
    worker response a 1
    host   request  a
    worker response a 0
  `);
  expect(rows).toMatchObject([
    { id: 1, attempt: 1, status: 1, isOverlapping: false },
    { id: 3, attempt: 2, status: 0, isOverlapping: false },
  ]);
});

test("answers to an id in flight twice go to the request that waited longest", () => {
  const rows = invocationsOf(`
    host   request  a
    host   request  a
    worker response a 0
    worker response a 1
  `);
  expect(rows).toMatchObject([
    { id: 1, attempt: 1, status: 0, isOverlapping: false },
    { id: 2, attempt: 2, status: 1, isOverlapping: true },
  ]);
});

test("what belongs to no request is an orphan, and logs alone end in no known way", () => {
  const rows = invocationsOf(`
    worker log      a 2
    worker response b 1
    host   cancel   c
  `);
  expect(rows).toMatchObject([
    { invocationId: "a", startedSeq: undefined, logs: 1 },
    { invocationId: "b", startedSeq: undefined, answeredSeq: 2, status: 1 },
    { invocationId: "c", startedSeq: undefined, cancelSeq: 3 },
  ]);
  expect(rows.map((row) => invocationState(row, true))).toEqual(["unknown", "success", "unknown"]);
});

test("a request recorded behind its answer finds it, but no duration is made up", () => {
  const rows = invocationsOf(`
    worker log      a 2
    worker response a 1
    host   request  a
  `);
  expect(rows).toMatchObject([{ id: 1, attempt: 1, startedSeq: 3, answeredSeq: 2, logs: 1 }]);
  expect(rows.map(durationOf)).toEqual([undefined]);
});

test("the empty id is an id, but a log without one is the worker's own", () => {
  const rows = invocationsOf(`
    host   request  -
    worker log      - 2
    worker response - 1
  `);
  expect(rows).toMatchObject([{ invocationId: "", logs: 0, status: 1 }]);
});

test("messages from the side that never sends them change nothing", () => {
  const rows = invocationsOf(`
    host   request  a
    host   response a 1
    host   log      a 2
    worker cancel   a
    worker request  a
  `);
  expect(rows).toMatchObject([{ attempt: 1, answeredSeq: undefined, logs: 0, cancelSeq: undefined }]);
});
