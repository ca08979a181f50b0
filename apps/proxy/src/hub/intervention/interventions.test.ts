import { decodeMessage, messageToJson } from "@inspector/proto";
import type { Holds, InvocationRow, ReplayRun } from "@inspector/session";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { InterventionOrder } from "../../relay/intervention-lines.ts";
import { type RecordedLive, recordLive } from "../testing/recorded-live.ts";
import { writeSession } from "../testing/recorded-session.ts";
import { base64Of, bytesOf } from "../testing/scripted-relay.ts";
import type { Answer } from "../testing/served-sessions.ts";

type Sent = Extract<InterventionOrder, { order: "replay" }>;

const STREAM = 1;
const REQUEST = 6;
const at = { connection: 1, stream: 1 };
const toWorker = { stream: 1, direction: "to-worker" } as const;
const toHost = { stream: 1, direction: "to-host" } as const;

const request = (invocationId: string, more: object = {}) => ({
  invocationRequest: {
    invocationId,
    functionId: "f1",
    inputData: [{ name: "item", data: { string: "recorded" } }],
    traceContext: { traceParent: "00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbb-01" },
    ...more,
  },
});
const response = (invocationId: string, status = "Success") => ({
  invocationResponse: { invocationId, result: { status } },
});

let live: RecordedLive;
/** Messages of the worker so far. */
let answers = 0;

beforeEach(async () => {
  live = await recordLive();
  startWorker({});
});

afterEach(() => live.close());

function startWorker(capabilities: Record<string, string>): void {
  const { relay } = live;
  relay.open(1);
  relay.say(1, "worker", { startStream: { workerId: "w1" } });
  relay.say(1, "host", { workerInitRequest: { hostVersion: "4" } });
  relay.say(1, "worker", {
    workerInitResponse: { result: { status: "Success" }, capabilities, workerMetadata: { runtimeName: "node" } },
  });
  const bindings = { item: { type: "queueTrigger", direction: "in" } };
  relay.say(1, "host", { functionLoadRequest: { functionId: "f1", metadata: { name: "hello", bindings } } });
  relay.say(1, "worker", { functionLoadResponse: { functionId: "f1", result: { status: "Success" } } });
  relay.say(1, "host", request("a"));
  answers = 3;
}

function post(path: string, body: unknown): Promise<Answer> {
  return live.served.change("POST", path, body);
}

function jsonOf(base64: string): unknown {
  const decoded = decodeMessage(Buffer.from(base64, "base64"));
  return decoded.ok ? messageToJson(decoded.message) : undefined;
}

async function recorded(seq: number): Promise<void> {
  await live.page.until(({ messages }) => messages.find((one) => one.type === "session" && one.session.last >= seq));
}

async function startReplay(more: object = {}): Promise<ReplayRun> {
  await recorded(REQUEST);
  const answer = await post("/api/replays", { stream: STREAM, source: { seq: REQUEST }, ...more });
  expect(answer.status, String(answer.body)).toBe(201);
  return answer.json as ReplayRun;
}

/** The n-th replay that the relay was ordered to send. */
function sent(n: number): Promise<Sent> {
  return live.relay.ordered((orders) => orders.filter((one): one is Sent => one.order === "replay")[n - 1]);
}

/** Does as a relay and a worker do. */
function answerReplay(order: Sent, status = "Success"): void {
  answerReplayWith(order, response(order.invocationId, status));
}

function answerReplayWith({ invocationId, mark, message }: Sent, answer: unknown): void {
  live.relay.event(1, { type: "injected", ...toWorker, replay: mark, bytes: message });
  live.relay.report({ report: "replay-sent", invocationId });
  live.relay.say(1, "worker", answer);
  answers += 1;
  live.relay.event(1, { type: "swallowed", ...toHost, message: answers });
}

function told(condition: (run: ReplayRun) => boolean): Promise<ReplayRun> {
  return live.page.until(({ messages }) =>
    messages.flatMap((one) => (one.type === "replays" ? one.runs : [])).find(condition),
  );
}

function toldHolds(condition: (holds: Holds) => boolean): Promise<Holds> {
  return live.page.until(({ messages }) =>
    messages.flatMap((one) => (one.type === "holds" ? [one.holds] : [])).findLast(condition),
  );
}

describe("a replay", () => {
  test("is the recorded message under ids of its own, and its answer becomes its result", async () => {
    const run = await startReplay();
    expect(run).toMatchObject({ stream: STREAM, isEdited: false, functionName: "hello", times: 1, state: "running" });
    const order = await sent(1);
    const [traceParent] = /00-[0-9a-f]{32}-[0-9a-f]{16}-01/u.exec(JSON.stringify(jsonOf(order.message))) ?? [""];
    expect(jsonOf(order.message)).toEqual(request(order.invocationId, { traceContext: { traceParent } }));
    expect(order).toMatchObject({ at, mark: { run: run.id, n: 1, isEdited: false } });
    answerReplay(order, "Failure");
    const done = await told(({ state }) => state === "done");
    expect(done.results).toMatchObject([{ n: 1, invocationId: order.invocationId, state: "failed" }]);
    const { invocation = 0 } = done.results[0] ?? {};
    const page = (await live.served.ask(`/api/invocations?ids=${invocation}`)).json as { rows: InvocationRow[] };
    expect(page.rows).toMatchObject([{ state: "failed", replay: { run: run.id, n: 1 } }]);
    expect((await live.served.ask("/api/replays")).json).toMatchObject([{ id: run.id, state: "done" }]);
    expect((await live.served.ask(`/api/replays/${run.id}`)).status).toBe(200);
  });

  test("is checked before, which sends nothing", async () => {
    await recorded(REQUEST);
    const message = request("x", { inputData: [{ name: "other", data: { string: "edited" } }] });
    const answer = await post("/api/replays/check", { stream: STREAM, source: { seq: REQUEST }, message });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({
      concerns: expect.arrayContaining([expect.objectContaining({ rule: "input-unknown" })]),
      message: { invocationRequest: { inputData: [{ data: { string: "edited" } }] } },
    });
    expect(live.relay.orders).toEqual([]);
  });

  test("comes one behind the answer of the other where no rate is given, and one that fails is an answer", async () => {
    await startReplay({ times: 3 });
    answerReplay(await sent(1));
    const second = await sent(2);
    expect(live.relay.orders).toHaveLength(2);
    live.relay.report({ report: "replay-failed", invocationId: second.invocationId, reason: "no such stream" });
    answerReplay(await sent(3));
    const { results } = await told(({ state }) => state === "done");
    expect(results.map(({ state, text }) => [state, text])).toEqual([
      ["success", undefined],
      ["not-sent", "no such stream"],
      ["success", undefined],
    ]);
  });

  test("goes out at a rate without waiting for answers", async () => {
    await startReplay({ times: 5, perSecond: 500 });
    const last = await sent(5);
    answerReplay(last);
    await told(({ results }) => results[4]?.state === "success" && results[0]?.state === "sending");
  });

  test("is lost with the worker's stream, and nothing more is sent", async () => {
    const run = await startReplay({ times: 3 });
    const { message, mark, invocationId } = await sent(1);
    live.relay.event(1, { type: "injected", ...toWorker, replay: mark, bytes: message });
    live.relay.report({ report: "replay-sent", invocationId });
    live.relay.close(1);
    const { results } = await told(({ state }) => state === "done");
    expect(results).toMatchObject([{ state: "lost" }]);
    const again = await post("/api/replays", { stream: STREAM, source: { seq: REQUEST } });
    expect(again.status).toBe(409);
    expect(again.json).toMatchObject({ error: { code: "stream-ended" } });
    expect((await post(`/api/replays/${run.id}/cancel`, {})).json).toMatchObject({ state: "done" });
  });

  test("that takes too long is given up, without a word to a worker that does not take it", async () => {
    await startReplay({ timeoutMs: 20 });
    await told(({ results }) => results[0]?.state === "timed-out");
    expect(live.relay.orders.map(({ order }) => order)).toEqual(["replay"]);
  });

  test("says what is wrong with a message that is none, and sends nothing", async () => {
    await recorded(REQUEST);
    const answer = await post("/api/replays", {
      stream: STREAM,
      source: { seq: REQUEST },
      message: { invocationRequest: { nonsense: 1 } },
    });
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ error: { code: "bad-message", message: expect.stringContaining("nonsense") } });
    expect((await post("/api/replays", { stream: 9, source: { seq: REQUEST } })).status).toBe(404);
    expect((await post("/api/replays", { stream: STREAM, source: { seq: 99 } })).status).toBe(404);
    expect((await post("/api/replays", { stream: STREAM, source: { seq: REQUEST }, times: 0 })).status).toBe(400);
    expect(live.relay.orders).toEqual([]);
  });

  test("of a long message comes to the relay in several lines", async () => {
    const inputData = [{ name: "item", data: { string: "x".repeat(100_000) } }];
    await startReplay({ message: request("x", { inputData }) });
    const parts = await live.relay.ordered((orders) => {
      const lines = orders.filter((one): one is Sent => one.order === "replay");
      return lines.at(-1)?.more === undefined && lines.length > 1 ? lines : undefined;
    });
    expect(jsonOf(parts.map(({ message }) => message).join(""))).toMatchObject({ invocationRequest: { inputData } });
    expect(parts[0]?.mark.isEdited).toBe(true);
  });
});

test("a worker that declares it is told to cancel what is in flight, and its answer still counts", async () => {
  live.relay.close(1);
  await live.close();
  live = await recordLive();
  startWorker({ HandlesInvocationCancelMessage: "true" });
  const run = await startReplay({ times: 2 });
  const order = await sent(1);
  expect((await post(`/api/replays/${run.id}/cancel`, {})).json).toMatchObject({ state: "cancelled" });
  const cancel = await live.relay.ordered((orders) => orders.find((one) => one.order === "inject"));
  expect(cancel).toMatchObject({ at, direction: "to-worker" });
  expect("message" in cancel && jsonOf(cancel.message ?? "")).toEqual({
    invocationCancel: { invocationId: order.invocationId },
  });
  answerReplay(order, "Cancelled");
  const { results } = await told((one) => one.results[0]?.state === "cancelled");
  expect(results).toHaveLength(1);
});

test("what an answer leaves in shared memory is freed once, also where it comes too late", async () => {
  live.relay.close(1);
  await live.close();
  live = await recordLive();
  startWorker({ SharedMemoryDataTransfer: "true" });
  const inMap = (invocationId: string, name: string) => {
    const outputData = [{ name: "out", rpcSharedMemory: { name, count: "3" } }];
    return { invocationResponse: { invocationId, outputData, result: { status: "Failure" } } };
  };
  const freed = (count: number) =>
    live.relay.ordered((orders) => {
      const found = orders.flatMap((one) => (one.order === "inject" ? (one.maps ?? []) : []));
      return found.length === count ? found : undefined;
    });
  await startReplay({ timeoutMs: 20 });
  const late = await sent(1);
  await told(({ results }) => results[0]?.state === "timed-out");
  answerReplayWith(late, inMap(late.invocationId, "late"));
  expect(await freed(1)).toEqual(["late"]);
  await startReplay();
  const inTime = await sent(2);
  answerReplayWith(inTime, inMap(inTime.invocationId, "in time"));
  await told(({ results }) => results[0]?.state === "failed");
  expect(await freed(2)).toEqual(["late", "in time"]);
});

describe("a hold", () => {
  const held = (rule: number, message: unknown, more: object = {}) =>
    live.relay.report({
      report: "held",
      held: 5,
      rule,
      at,
      direction: "to-worker",
      kind: 4,
      invocationId: "b",
      size: bytesOf(message).length,
      heldAt: 1000,
      message: base64Of(message),
      ...more,
    });

  async function hold(order: object): Promise<{ id: number; number: number }> {
    await recorded(REQUEST);
    const answer = await post("/api/holds/rules", { from: "host", ...order });
    expect(answer.status, String(answer.body)).toBe(201);
    const told = await live.relay.ordered((orders) => orders.findLast((one) => one.order === "hold"));
    return { id: (answer.json as { id: number }).id, number: "rule" in told ? told.rule : 0 };
  }

  test("is told to the relay, and what it keeps is shown and released", async () => {
    const { id, number } = await hold({ functions: ["hello"] });
    expect(live.relay.orders).toMatchObject([
      { order: "hold", at, direction: "to-worker", kinds: [4], functionIds: ["hello"] },
      { order: "hold", at, direction: "to-worker", kinds: [4], functionIds: ["f1"] },
    ]);
    held(number, request("b"));
    live.relay.report({ report: "queued", held: 5, queued: 2 });
    const holds = await toldHolds((one) => one.held[0]?.queued === 2);
    expect(holds.rules).toMatchObject([{ id, held: 1, from: "host", functions: ["hello"] }]);
    expect(holds.held).toMatchObject([
      {
        rule: id,
        stream: STREAM,
        from: "host",
        kind: "invocation_request",
        functionName: "hello",
        message: request("b"),
      },
    ]);
    const path = `/api/holds/${holds.held[0]?.id}/release`;
    expect((await post(path, { action: "replace", message: { nonsense: 1 } })).status).toBe(400);
    expect((await post(path, { action: "replace", message: request("b", { functionId: "f2" }) })).status).toBe(204);
    const release = await live.relay.ordered((orders) => orders.find((one) => one.order === "release"));
    expect(release).toMatchObject({ held: 5, action: "replace" });
    expect("message" in release && jsonOf(release.message ?? "")).toEqual(request("b", { functionId: "f2" }));
    expect((await live.served.ask("/api/holds")).json).toMatchObject({ held: [] });
    const again = await post(path, { action: "release" });
    expect(again.status).toBe(409);
    expect(again.json).toMatchObject({ error: { code: "not-held" } });
  });

  test("keeps an answer in shared memory back: what the host does not read is freed in its place", async () => {
    const { number } = await hold({ from: "worker" });
    const maps = (...names: readonly string[]) => {
      const outputData = names.map((name) => ({ name: "out", rpcSharedMemory: { name, count: "3" } }));
      return { invocationResponse: { invocationId: "a", outputData, result: { status: "Success" } } };
    };
    held(number, maps("m1", "m2"), { kind: 5, direction: "to-host", held: 1, invocationId: "a" });
    const holds = await toldHolds((one) => one.held.length === 1);
    const order = { action: "replace", message: maps("m2") };
    expect((await post(`/api/holds/${holds.held[0]?.id}/release`, order)).status).toBe(204);
    const closing = await live.relay.ordered((orders) => orders.find((one) => one.order === "inject"));
    expect(closing).toMatchObject({ at, direction: "to-worker", maps: ["m1"] });
    expect("message" in closing && jsonOf(closing.message ?? "")).toEqual({
      closeSharedMemoryResourcesRequest: { mapNames: ["m1"] },
    });
  });

  test("with a filter looks at each message, and what does not match goes on at once", async () => {
    const { number } = await hold({ from: "worker", filter: "fn:hello status:failed" });
    expect(live.relay.orders).toMatchObject([{ order: "hold", direction: "to-host", kinds: [5], ask: true }]);
    held(number, response("a"), { kind: 5, direction: "to-host", ask: true, held: 1, invocationId: "a" });
    held(number, response("a", "Failure"), { kind: 5, direction: "to-host", ask: true, held: 2, invocationId: "a" });
    const replies = await live.relay.ordered((orders) => {
      const found = orders.filter((one) => one.order === "release");
      return found.length === 2 ? found : undefined;
    });
    expect(replies).toMatchObject([
      { held: 1, action: "release" },
      { held: 2, action: "keep" },
    ]);
    const { held: shown } = await toldHolds((one) => one.held.length === 1);
    expect(shown).toMatchObject([{ functionName: "hello", from: "worker" }]);
  });

  test("that is taken away is taken from the relay, with what it held", async () => {
    const { id, number } = await hold({});
    held(number, request("b"));
    await toldHolds((one) => one.held.length === 1);
    expect((await live.served.change("DELETE", `/api/holds/rules/${id}`)).status).toBe(204);
    expect(await live.relay.ordered((orders) => orders.find((one) => one.order === "unhold"))).toMatchObject({
      rule: number,
    });
    expect(await toldHolds((one) => one.rules.length === 0)).toEqual({ rules: [], held: [] });
    expect((await live.served.change("DELETE", `/api/holds/rules/${id}`)).status).toBe(404);
  });

  test("is told anew to a relay whose line broke, which has let everything go", async () => {
    const { number } = await hold({});
    held(number, request("b"));
    await toldHolds((one) => one.held.length === 1);
    live.relay.hangUp();
    await toldHolds((one) => one.held.length === 0);
    const again = await live.relay.ordered((orders) => orders.filter((one) => one.order === "hold")[1]);
    expect(again).toMatchObject({ at, kinds: [4] });
  });

  test("of every stream is told of a stream that comes later", async () => {
    await hold({ kinds: ["invocation_request", "#40"] });
    live.relay.open(2);
    live.relay.say(2, "worker", { startStream: { workerId: "w2" } });
    const later = await live.relay.ordered((orders) => orders.filter((one) => one.order === "hold")[1]);
    expect(later).toMatchObject({ at: { connection: 2, stream: 1 }, kinds: [4, 40] });
  });

  test("of what there is not is refused", async () => {
    await recorded(REQUEST);
    for (const order of [{ from: "relay" }, { from: "host", kinds: ["x"] }, { from: "host", filter: "fn:" }, {}]) {
      expect((await post("/api/holds/rules", order)).status).toBe(400);
    }
    expect((await post("/api/holds/rules", { from: "host", stream: 7 })).status).toBe(404);
  });
});

test("nobody but the hub's own page may intervene, and nobody in a session that is not recorded", async () => {
  await recorded(REQUEST);
  const { served } = live;
  const headers = { "content-type": "application/json" };
  const foreign = { method: "POST", headers: { ...headers, origin: "http://evil.example" }, body: "{}" };
  for (const path of ["/api/replays", "/api/replays/check", "/api/holds/rules", "/api/holds/1/release"]) {
    expect((await served.ask(path, foreign)).status).toBe(403);
    expect((await served.ask(path, { method: "POST", headers, body: "{}" })).status).toBe(403);
    expect((await served.askRaw(path, foreign)).status).toBe(403);
  }
  const text = { method: "POST", headers: { origin: served.origin, "content-type": "text/plain" }, body: "{}" };
  expect((await served.ask("/api/replays", text)).status).toBe(415);
  expect((await served.change("PUT", "/api/replays", {})).status).toBe(405);
  expect((await served.ask("/api/holds/nothing")).status).toBe(404);
  writeSession(live.folder.file("two")).close();
  const other = await served.ask("/api/holds?session=two");
  expect(other.status).toBe(409);
  expect(other.json).toMatchObject({ error: { code: "not-live" } });
});
