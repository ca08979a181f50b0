/** Who is host and who is worker, where the host opened the connection and where the worker did. */
import { createProblems } from "@inspector/analysis/problems/problems";
import { createInvocationQueries } from "@inspector/session/invocation-queries";
import { createQueries } from "@inspector/session/queries";
import { workersOf } from "@inspector/session/worker-queries";
import { http2Writer } from "@inspector/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type OneRecording, startRecording } from "../../testing/one-recording.ts";
import type { ScriptedRelay } from "../../testing/scripted-relay.ts";

const { resetStream } = http2Writer;
const CANCEL = 8;

let recording: OneRecording;
let relay: ScriptedRelay;

beforeEach(async () => {
  recording = await startRecording();
  relay = recording.relay;
});

afterEach(() => recording.end());

function stored() {
  recording.ingest();
  const database = recording.read();
  const queries = createQueries(database);
  const { rows } = queries.messagesAfter(0, 100);
  const invocations = createInvocationQueries(database).rows(rows.map(({ seq }) => seq)).rows;
  const { problems } = createProblems(database).update();
  const [headers] = database.prepare("SELECT headers FROM stream").all();
  const workers = workersOf(database, () => undefined);
  const [stream] = workers.map((worker) => worker.stream);
  database.close();
  return { rows, invocations, problems, workers, stream, headers: JSON.parse(String(headers?.["headers"])) };
}

const SUCCESS = { status: "Success" };

/** A start-up with an invocation; "worker" is the end that opened the connection. */
function converse(host: "host" | "worker", worker: "host" | "worker"): void {
  relay.say(1, worker, { startStream: { workerId: "w1" } });
  relay.say(1, host, { workerInitRequest: { hostVersion: "4.1" } });
  relay.say(1, worker, { workerInitResponse: { result: SUCCESS, workerMetadata: { runtimeName: "node" } } });
  relay.say(1, host, { functionLoadRequest: { functionId: "f", metadata: { name: "hello" } } });
  relay.say(1, worker, { functionLoadResponse: { functionId: "f", result: SUCCESS } });
  relay.say(1, host, { invocationRequest: { invocationId: "i", functionId: "f", traceContext: {} } });
  relay.say(1, worker, { rpcLog: { invocationId: "i", message: "hi", level: "Information" } });
  relay.say(1, worker, { invocationResponse: { invocationId: "i", result: SUCCESS } });
}

const ROLES = ["worker", "host", "worker", "host", "worker", "host", "worker", "worker"];

describe("a stream whose host opened the connection", () => {
  test("has each message from who says it, pairs it, and breaks no rule", () => {
    converse("worker", "host");
    const { rows, invocations, problems, workers, stream } = stored();
    expect(rows.map(({ from }) => from)).toEqual(ROLES);
    expect(invocations.find(({ type }) => type === "invocation")).toMatchObject({
      state: "success",
      functionName: "hello",
    });
    expect(problems).toEqual([]);
    expect(workers).toHaveLength(1);
    expect(stream).toMatchObject({ workerId: "w1", runtime: "node", phase: "loaded", dialledBy: "host" });
  });

  test("has what its host sent to open the call among the host's headers, and ends by who ended it", () => {
    converse("worker", "host");
    relay.bytes(1, "worker", resetStream(1, CANCEL));
    const { headers, stream } = stored();
    expect(headers.host[":path"]).toContain("EventStream");
    expect(headers.worker).not.toHaveProperty(":path");
    expect(stream?.end).toMatchObject({ by: "host", how: "reset" });
  });

  test("is known by the first answer where the recording does not have its beginning", () => {
    relay.say(1, "worker", { invocationCancel: { invocationId: "before" } });
    relay.say(1, "host", { rpcLog: { invocationId: "before", message: "hi" } });
    relay.say(1, "host", { invocationResponse: { invocationId: "before", result: SUCCESS } });
    const { rows, stream } = stored();
    expect(rows.map(({ from }) => from)).toEqual(["host", "worker", "worker"]);
    expect(stream?.dialledBy).toBe("host");
  });

  test("stays what it is when the hub starts anew in the middle of it", () => {
    relay.say(1, "host", { startStream: { workerId: "w1" } });
    recording.ingest();
    relay.say(1, "worker", { workerInitRequest: {} });
    relay.say(1, "host", { workerInitResponse: { result: SUCCESS } });
    expect(stored().rows.map(({ from }) => from)).toEqual(["worker", "host", "worker"]);
  });

  test("has what the inspector puts in from the role at whose end it comes in", () => {
    relay.say(1, "host", { startStream: { workerId: "w1" } });
    const bytes = Buffer.from([0x62, 0x00]).toString("base64");
    relay.event(1, { type: "injected", stream: 1, direction: "to-worker", bytes });
    expect(stored().rows.map(({ from, kind }) => [from, kind])).toEqual([
      ["worker", "start_stream"],
      ["worker", "worker_status_request"],
    ]);
  });
});

describe("a stream whose worker opened the connection", () => {
  test("is as before", () => {
    converse("host", "worker");
    const { rows, stream, headers } = stored();
    expect(rows.map(({ from }) => from)).toEqual(ROLES);
    expect(stream?.dialledBy).toBeUndefined();
    expect(headers.worker[":path"]).toContain("EventStream");
  });

  test("is not turned round by a host that says what only workers say", () => {
    relay.say(1, "worker", { startStream: { workerId: "w1" } });
    relay.say(1, "host", { startStream: { workerId: "w1" } });
    relay.say(1, "host", { invocationResponse: { invocationId: "i" } });
    const { rows, problems } = stored();
    expect(rows.map(({ from }) => from)).toEqual(["worker", "host", "host"]);
    expect(problems.map(({ rule }) => rule)).toContain("wrong-direction");
  });
});
