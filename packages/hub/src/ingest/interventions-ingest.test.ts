import { createInvocationQueries } from "@inspector/session/invocation-queries";
import { createQueries } from "@inspector/session/queries";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type OneRecording, startRecording } from "../../testing/one-recording.ts";
import { base64Of, bytesOf, type ScriptedRelay } from "../../testing/scripted-relay.ts";

let recording: OneRecording;
let relay: ScriptedRelay;

beforeEach(async () => {
  recording = await startRecording();
  relay = recording.relay;
});

afterEach(() => recording.end());

function rows() {
  const database = recording.read();
  const queries = createQueries(database);
  const { rows } = queries.messagesAfter(0, 100);
  const told = rows.map((row) => {
    const bytes = queries.bodyBytes(queries.origin(row.seq)?.body ?? 0, 0, row.size);
    return { ...row, bytes: Buffer.from(bytes).toString("base64") };
  });
  const invocations = createInvocationQueries(database).rows(rows.map(({ seq }) => seq)).rows;
  database.close();
  return { rows: told, invocations };
}

const request = (invocationId: string, functionId = "f") => ({ invocationRequest: { invocationId, functionId } });
const response = (invocationId: string) => ({ invocationResponse: { invocationId, result: { status: "Success" } } });
const toWorker = { stream: 1, direction: "to-worker" } as const;
const toHost = { stream: 1, direction: "to-host" } as const;
const replay = { run: 7, n: 1, isEdited: false };

test("a replay stands where it was sent, with its bytes, and its answer is marked", () => {
  relay.say(1, "host", request("a"));
  relay.event(1, { type: "injected", ...toWorker, replay, bytes: base64Of(request("r")) });
  relay.say(1, "worker", response("r"));
  relay.event(1, { type: "swallowed", ...toHost, message: 1 });
  relay.say(1, "worker", response("a"));
  recording.ingest();
  const told = rows();
  expect(told.rows.map(({ invocationId, intervention }) => [invocationId, intervention])).toEqual([
    ["a", undefined],
    ["r", "injected"],
    ["r", "swallowed"],
    ["a", undefined],
  ]);
  expect(told.rows[1]?.bytes).toBe(base64Of(request("r")));
  expect(told.invocations).toMatchObject([
    { id: 1, state: "success" },
    { id: 2, state: "success", replay },
  ]);
});

test("a long message comes in several events and survives a hub that ends between any two of them", () => {
  const message = { invocationRequest: { invocationId: "r", functionId: "x".repeat(2_500_000) } };
  const bytes = Buffer.from(bytesOf(message));
  const size = 700_001;
  for (let at = 0; at < bytes.length; at += size) {
    const isLast = at + size >= bytes.length;
    relay.event(1, {
      type: "injected",
      ...toWorker,
      ...(at === 0 && { replay }),
      bytes: bytes.subarray(at, at + size).toString("base64"),
      ...(!isLast && { more: true }),
    });
    recording.ingest();
    expect(rows().rows).toHaveLength(isLast ? 1 : 0);
  }
  const [row] = rows().rows;
  expect(row?.bytes).toBe(bytes.toString("base64"));
  expect(row).toMatchObject({ kind: "invocation_request", invocationId: "r", size: bytes.length });
  expect(rows().invocations).toMatchObject([{ replay }]);
});

test("what was held is found again by its number, however much crossed since, and by the next hub", () => {
  relay.say(1, "host", request("a"));
  relay.say(1, "host", request("b"));
  relay.event(1, { type: "held", ...toWorker, message: 2 });
  recording.ingest();
  relay.event(1, { type: "injected", ...toWorker, replay, bytes: base64Of(request("r")) });
  for (let n = 0; n < 20; n += 1) {
    relay.say(1, "host", request(`c${n}`));
  }
  relay.event(1, { type: "dropped", ...toWorker, message: 2 });
  relay.event(1, { type: "replaced", ...toWorker, message: 4 });
  recording.ingest();
  const marked = rows().rows.filter(({ intervention }) => intervention !== undefined);
  expect(marked.map(({ invocationId, intervention }) => [invocationId, intervention])).toEqual([
    ["b", "dropped"],
    ["r", "injected"],
    ["c1", "replaced"],
  ]);
});

test("what was held and went on says for how long, however often the hub ended meanwhile", () => {
  relay.say(1, "host", request("a"));
  relay.event(1, { type: "held", ...toWorker, message: 1 });
  recording.ingest();
  expect(rows().invocations).toMatchObject([{ state: "in-flight", held: { request: { from: rows().rows[0]?.at } } }]);
  relay.event(1, { type: "released", ...toWorker, message: 1 });
  relay.say(1, "worker", response("a"));
  relay.event(1, { type: "held", ...toHost, message: 1 });
  relay.event(1, { type: "dropped", ...toHost, message: 1 });
  recording.ingest();
  const [row] = rows().invocations;
  if (row?.type !== "invocation" || row.answeredAt === undefined || row.held?.request?.to === undefined) {
    throw new Error("The invocation is not there, or not answered, or still held.");
  }
  expect(row.held.request.to).toBeGreaterThan(row.startedAt ?? Number.POSITIVE_INFINITY);
  expect(row.duration).toBe(row.answeredAt - row.held.request.to);
  expect(row.held.answer).toMatchObject({ from: row.answeredAt, to: expect.any(Number), isDropped: true });
});

test("what is told of a message before all of it has come is noted when it has", () => {
  relay.event(1, { type: "swallowed", ...toHost, message: 1 });
  recording.ingest();
  relay.say(1, "worker", response("a"));
  relay.say(1, "worker", response("b"));
  recording.ingest();
  expect(rows().rows.map(({ intervention }) => intervention)).toEqual(["swallowed", undefined]);
});
