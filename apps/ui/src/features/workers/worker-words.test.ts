import type { WorkerInfo } from "@inspector/contract/page";
import { expect, test } from "vitest";
import { describeEnd, presentOf, startUpTime } from "./worker-words.ts";

function worker(change: Partial<WorkerInfo["stream"]>, rest: Partial<WorkerInfo> = {}): WorkerInfo {
  return {
    stream: {
      id: 1,
      connection: 1,
      path: "/x/EventStream",
      openedAt: 5,
      phase: "loaded",
      messages: 0,
      bytes: 0,
      ...change,
    },
    hostCapabilities: [],
    workerCapabilities: [],
    undeclared: [],
    steps: [],
    invocations: 0,
    failures: 0,
    serverErrors: 0,
    inFlight: 0,
    lost: 0,
    statusPings: { count: 0 },
    ...rest,
  };
}

const step = (
  name: "start" | "load" | "terminate",
  startedAt: number,
  answeredAt: number,
): WorkerInfo["steps"][number] => ({
  type: "step",
  id: 1,
  stream: 1,
  step: name,
  startedAt,
  answeredAt,
  state: "success",
  size: 0,
  count: 1,
  failed: 0,
});

test("the start-up ends with the last function that was loaded", () => {
  const steps = [step("start", 10, 20), step("load", 30, 90), step("terminate", 500, 501)];
  expect(startUpTime(worker({}, { steps }))).toBe(80);
  expect(startUpTime(worker({}, { steps, process: { output: [], spawnedAt: 4 } }))).toBe(86);
  expect(startUpTime(worker({ phase: "initialized" }, { steps: steps.slice(0, 1) }))).toBeUndefined();
  expect(startUpTime(worker({}))).toBeUndefined();
});

test("the end of a stream names who ended it and how", () => {
  expect(describeEnd({ by: "host", how: "end", grpcStatus: 0 })).toBe("ended by the host, gRPC status 0");
  expect(describeEnd({ by: "worker", how: "reset", code: 8 })).toBe("reset by the worker, code 8");
  expect(describeEnd({ by: "worker", how: "lost", code: "ECONNRESET" })).toBe(
    "lost with its connection, which was closed by the worker, code ECONNRESET",
  );
  expect(describeEnd({ by: "relay", how: "lost" })).toBe("lost with its connection");
});

test("the present of an opened file is the newest time that is known", () => {
  expect(presentOf(worker({}, { steps: [step("load", 30, 90)] }), undefined)).toBe(90);
  expect(presentOf(worker({}, { steps: [step("load", 30, 90)] }), 1e12)).toBe(1e12);
});
