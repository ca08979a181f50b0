/** One worker id over several streams: MultiStream, which hosts declare and which lets a worker answer on any of them. */
import { createProblems } from "@inspector/analysis/problems/problems";
import { compileInvocationFilter } from "@inspector/filter/compile";
import { parseFilter } from "@inspector/filter/parse";
import { createInvocationQueries } from "@inspector/session/invocation-queries";
import { createQueries } from "@inspector/session/queries";
import { workersOf } from "@inspector/session/worker-queries";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type OneRecording, startRecording } from "../../testing/one-recording.ts";
import type { ScriptedRelay } from "../../testing/scripted-relay.ts";

let recording: OneRecording;
let relay: ScriptedRelay;

const SUCCESS = { status: "Success" };

beforeEach(async () => {
  recording = await startRecording();
  relay = recording.relay;
  relay.say(1, "worker", { startStream: { workerId: "w1" } });
  relay.say(1, "host", { workerInitRequest: { hostVersion: "4.1" } });
  relay.say(1, "worker", { workerInitResponse: { result: SUCCESS, workerMetadata: { runtimeName: "node" } } });
  relay.say(1, "host", { functionLoadRequest: { functionId: "f", metadata: { name: "hello" } } });
  relay.say(1, "worker", { functionLoadResponse: { functionId: "f", result: SUCCESS } });
});

afterEach(() => recording.end());

function stored() {
  recording.ingest();
  const database = recording.read();
  const queries = createQueries(database);
  const { rows } = queries.messagesAfter(0, 100);
  const invocations = createInvocationQueries(database)
    .rows(rows.map(({ seq }) => seq))
    .rows.filter(({ type }) => type === "invocation");
  const { problems, verdicts } = createProblems(database).update();
  const workers = workersOf(database, () => undefined);
  database.close();
  return { rows, invocations, problems, verdicts, workers };
}

/** Ids of the rows in the list of invocations that a filter finds. */
function found(text: string): number[] {
  const parsed = parseFilter(text);
  if (!parsed.ok) {
    throw new Error(parsed.message);
  }
  const database = recording.read();
  const ids = createInvocationQueries(database).column(compileInvocationFilter(parsed.filter, { scope: "all" }), 0, 10);
  database.close();
  return ids;
}

function openAnother(connection: number, workerId: string): void {
  relay.open(connection);
  relay.say(connection, "worker", { startStream: { workerId } });
}

const request = (invocationId: string) => ({ invocationRequest: { invocationId, functionId: "f", traceContext: {} } });
const response = (invocationId: string) => ({ invocationResponse: { invocationId, result: SUCCESS } });

test("an invocation that is sent in one stream of a worker may be answered in another", () => {
  openAnother(2, "w1");
  relay.say(1, "host", request("a"));
  relay.say(2, "worker", response("a"));
  relay.say(2, "host", request("b"));
  relay.say(1, "worker", response("b"));
  const { rows, invocations, problems, verdicts } = stored();
  expect(invocations).toMatchObject([
    { state: "success", functionName: "hello", stream: 1 },
    { state: "success", functionName: "hello", stream: 1 },
  ]);
  expect(rows.find(({ stream, kind }) => stream === 2 && kind === "invocation_request")).toMatchObject({
    functionName: "hello",
  });
  expect([problems, verdicts]).toEqual([[], []]);
});

test("streams of one worker are one worker, with what crossed in all of them", () => {
  openAnother(2, "w1");
  openAnother(3, "w1");
  relay.say(3, "host", request("a"));
  relay.say(3, "worker", response("a"));
  recording.ingest();
  relay.close(2);
  const { workers, rows } = stored();
  expect(workers).toHaveLength(1);
  expect(workers[0]).toMatchObject({ moreStreams: 2, invocations: 1, stream: { id: 1, messages: rows.length } });
});

test("a worker that connects again after its stream has ended is another row, and so is another worker", () => {
  relay.close(1);
  openAnother(2, "w1");
  openAnother(3, "w2");
  const { workers } = stored();
  expect(workers.map(({ stream, moreStreams }) => [stream.id, moreStreams])).toEqual([
    [1, undefined],
    [2, undefined],
    [3, undefined],
  ]);
});

test("while one of its streams is open a worker has lost nothing, and may still answer there", () => {
  openAnother(2, "w1");
  relay.say(1, "host", request("a"));
  recording.ingest();
  relay.close(1);
  const before = stored();
  expect(before.invocations).toMatchObject([{ state: "in-flight" }]);
  expect(before.workers).toMatchObject([{ inFlight: 1, lost: 0, stream: { phase: "loaded" } }]);
  expect(before.workers[0]?.stream.endedAt).toBeUndefined();
  expect([before.problems, before.verdicts]).toEqual([[], []]);
  expect(found("is:inflight")).toEqual(before.invocations.map(({ id }) => id));
  openAnother(3, "w1");
  relay.say(3, "worker", response("a"));
  const after = stored();
  expect(after.invocations).toMatchObject([{ state: "success", stream: 1 }]);
  expect(after.workers).toMatchObject([{ moreStreams: 2 }]);
});

test("once the last of its streams has ended, what it had in hand is lost", () => {
  openAnother(2, "w1");
  relay.say(1, "host", request("a"));
  recording.ingest();
  relay.close(1);
  recording.ingest();
  relay.close(2);
  const { invocations, workers, problems } = stored();
  expect(invocations).toMatchObject([{ state: "lost" }]);
  expect(workers).toMatchObject([{ inFlight: 0, lost: 1 }]);
  expect(problems.map(({ rule }) => rule)).toContain("lost-invocation");
});

test("what a worker was asked in a stream that has ended it may answer in its next one", () => {
  relay.say(1, "host", request("a"));
  recording.ingest();
  relay.close(1);
  openAnother(2, "w1");
  relay.say(2, "worker", { rpcLog: { invocationId: "a", message: "still here", level: "Information" } });
  relay.say(2, "worker", response("a"));
  relay.say(2, "worker", response("a"));
  openAnother(3, "w2");
  relay.say(3, "worker", response("a"));
  const { invocations, problems } = stored();
  expect(invocations).toMatchObject([
    { state: "success", stream: 1, logs: 1, extraAnswers: 1, functionName: "hello" },
    { stream: 3, isOrphan: true },
  ]);
  const titles = problems
    .filter(({ rule }) => rule === "unknown-answer")
    .map(({ severity, title }) => [severity, title]);
  expect(titles).toEqual([
    ["warning", "An answer to invocation a, which another worker was asked for"],
    ["info", "Invocation a was answered on another stream of the same worker"],
  ]);
});
