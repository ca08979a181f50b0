import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { readHead } from "@inspector/proto";
import { expect, test } from "vitest";
import { HOST, type PairingFacts, WORKER } from "./exchange.ts";
import { type Invocation, invocationPairing, invocationState } from "./invocation.ts";
import { createTracker } from "./tracker.ts";
import { type WorkerStep, workerStepPairing } from "./worker-step.ts";

const folder = new URL("../../../testkit/recordings/", import.meta.url);

function readRecording(name: string): PairingFacts[] {
  const text = gunzipSync(readFileSync(new URL(`${name}.messages.ndjson.gz`, folder))).toString("utf8");
  return text
    .trim()
    .split("\n")
    .map((line, index) => {
      const { at, conn, from, bytes } = JSON.parse(line);
      const payload = Buffer.from(bytes, "base64");
      const side = from === "host" ? HOST : WORKER;
      const facts = { seq: index + 1, at, stream: Number(conn) || 1, side, size: payload.length };
      return { ...facts, ...readHead(payload) };
    });
}

const NOTHING_STORED = { load: () => [], isEmpty: () => true };

function model(facts: readonly PairingFacts[]) {
  const invocations = createTracker(invocationPairing, NOTHING_STORED);
  const steps = createTracker(workerStepPairing, NOTHING_STORED);
  for (const message of facts) {
    invocations.add(message);
    steps.add(message);
  }
  return { invocations: invocations.takeChanged(), steps: steps.takeChanged() };
}

/** "success 13, failed 4" of a conversation that is over. */
function tally(rows: readonly Invocation[]): string {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const state = invocationState(row, true);
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return [...counts]
    .sort()
    .map(([state, count]) => `${state} ${count}`)
    .join(", ");
}

function stepLine(rows: readonly WorkerStep[]): string {
  const names = [...new Set(rows.map(({ step }) => step))];
  return names
    .map((name) => {
      const some = rows.filter(({ step }) => step === name);
      const failed = some.filter(({ status }) => status === 0).length;
      const open = some.filter(({ answeredSeq }) => answeredSeq === undefined).length;
      return [
        name,
        some.length > 1 ? some.length : "",
        failed > 0 ? `(${failed} failed)` : "",
        open > 0 ? `(${open} open)` : "",
      ]
        .filter((part) => part !== "")
        .join(" ");
    })
    .join(", ");
}

test.each([
  ["dotnet/dotnet-bad-requests", "failed 19, success 24, unknown 1"],
  ["dotnet/dotnet-cancel", "cancelled 2, failed 6, lost 1, success 8"],
  ["dotnet/dotnet-concurrency", "failed 8, success 192"],
  ["dotnet/dotnet-host-ends-stream", "lost 5, success 8"],
  ["dotnet/dotnet-startup-and-invocations", "failed 4, success 14"],
  ["kestrel/kestrel-dotnet", "failed 2, success 60"],
  ["kestrel/kestrel-node", "failed 1, success 62"],
  ["kestrel/kestrel-node-error-end", "lost 1"],
  ["kestrel/kestrel-node-host-stops", "success 1"],
  ["kestrel/kestrel-node-unknown-id", ""],
  ["node/cancel", "success 1, unknown 1"],
  ["node/concurrency", "failed 8, success 192"],
  ["node/crash-mid-invocation", "lost 2"],
  ["node/exception-flood", "failed 60, lost 1"],
  ["node/http-stream", "failed 2, lost 1, success 5"],
  ["node/legacy-function-json", "failed 1, success 3"],
  ["node/replays", "failed 4, success 13"],
  ["node/startup-and-invocations", "failed 13, success 67"],
  ["node/undeclared-kinds", "success 1"],
])("the invocations of %s end as: %s", (name, expected) => {
  expect(tally(model(readRecording(name)).invocations)).toBe(expected);
});

test.each([
  [
    "dotnet/dotnet-bad-requests",
    "start, init 2, index 2, load 19 (3 failed) (2 open), reload, warmup (1 open), terminate (1 open)",
  ],
  ["dotnet/dotnet-host-ends-stream", "start 7, init 7, index 7, load 91"],
  ["kestrel/kestrel-dotnet-unknown-id", "start"],
  ["node/failing-load", "start, init, index (1 failed), load 2 (2 failed), status, terminate (1 open)"],
  ["node/legacy-function-json", "start, init, index, load 3 (1 failed), terminate (1 open)"],
  ["node/placeholder-specialization", "start, init, status 2, reload, index, load 30, terminate (1 open)"],
  ["node/undeclared-kinds", "start, init, index, load 31 (1 open), warmup (1 open), status, terminate (1 open)"],
])("the steps of %s are: %s", (name, expected) => {
  const { steps } = model(readRecording(name));
  expect(stepLine(steps)).toBe(expected);
  expect(steps.filter(({ step, startedSeq }) => step !== "start" && startedSeq === undefined)).toEqual([]);
});

test("an id that is sent twice at once, and one sent again later, are two invocations each", () => {
  const { invocations } = model(readRecording("node/replays"));
  const again = invocations.filter(({ attempt }) => attempt > 1);
  expect(again.map(({ functionId, isOverlapping, status }) => [functionId, isOverlapping, status])).toEqual([
    ["httpDelay", true, 1],
    ["httpNoContent", false, 1],
  ]);
});

test("logs behind the answer are late", () => {
  const { invocations } = model(readRecording("node/startup-and-invocations"));
  const late = invocations.filter(({ lateLogs }) => lateLogs > 0);
  expect(late.map(({ functionId, lateLogs }) => [functionId, lateLogs])).toEqual([["httpLateLog", 2]]);
});

test("retries carry their count", () => {
  const { invocations } = model(readRecording("node/startup-and-invocations"));
  const retried = invocations.filter(({ retryCount = 0 }) => retryCount > 0);
  expect(retried.map(({ functionId, retryCount, status }) => [functionId, retryCount, status])).toEqual([
    ["queueFlaky", 1, 0],
    ["queueFlaky", 2, 1],
  ]);
});

test("a cancel belongs to its invocation, one for an unknown id to nothing", () => {
  const { invocations } = model(readRecording("dotnet/dotnet-cancel"));
  const cancelled = invocations.filter(({ cancelSeq }) => cancelSeq !== undefined);
  expect(tally(cancelled)).toBe("cancelled 2, failed 6, success 4");
  const unknown = model(readRecording("node/cancel")).invocations.filter(({ startedSeq }) => startedSeq === undefined);
  expect(unknown).toMatchObject([{ cancelSeq: expect.any(Number), logs: 0, answeredSeq: undefined }]);
});

test("a recording that begins in the middle has orphans where the requests are missing, and loses no answer", () => {
  const facts = readRecording("node/concurrency");
  const answers = facts.filter(({ kind }) => kind === 5).length;
  const middle = facts.findIndex(({ kind }) => kind === 5);
  const { invocations } = model(facts.slice(middle));
  expect(invocations.filter(({ answeredSeq }) => answeredSeq !== undefined)).toHaveLength(answers);
  expect(invocations.filter(({ startedSeq }) => startedSeq === undefined).length).toBeGreaterThan(0);
});

test("a recording that is cut off leaves in flight what was not answered", () => {
  const facts = readRecording("node/concurrency");
  const firstAnswer = facts.findIndex(({ kind }) => kind === 5);
  const { invocations } = model(facts.slice(0, firstAnswer));
  expect(invocations.length).toBeGreaterThan(0);
  expect(invocations.every((row) => invocationState(row, false) === "in-flight")).toBe(true);
});
