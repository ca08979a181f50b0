/** One worker id over several streams: MultiStream, which hosts declare and which lets a worker answer on any of them. */
import { createProblems } from "@inspector/analysis/problems/problems";
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
