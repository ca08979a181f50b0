import type { Holds } from "@inspector/contract/intervention";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type RecordedLive, recordLive } from "../../testing/recorded-live.ts";
import { base64Of, bytesOf } from "../../testing/scripted-relay.ts";
import { jsonOf, REQUEST, request, response, startWorker } from "../../testing/scripted-worker.ts";
import type { Answer } from "../../testing/served-sessions.ts";

const at = { connection: 1, stream: 1 };

let live: RecordedLive;

beforeEach(async () => {
  live = await recordLive();
  startWorker(live.relay);
});

afterEach(() => live.close());

function post(path: string, body: unknown): Promise<Answer> {
  return live.served.change("POST", path, body);
}

async function recorded(seq: number): Promise<void> {
  await live.page.until(({ messages }) => messages.find((one) => one.type === "session" && one.session.last >= seq));
}

function toldHolds(condition: (holds: Holds) => boolean): Promise<Holds> {
  return live.page.until(({ messages }) =>
    messages.flatMap((one) => (one.type === "holds" ? [one.holds] : [])).findLast(condition),
  );
}

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
  const before = live.relay.orders.length;
  const answer = await post("/api/holds/rules", { from: "host", ...order });
  expect(answer.status, String(answer.body)).toBe(201);
  const told = await live.relay.ordered((orders) => orders.slice(before).findLast((one) => one.order === "hold"));
  return { id: (answer.json as { id: number }).id, number: "rule" in told ? told.rule : 0 };
}

test("a hold is told to the relay, and what it keeps is shown and released", async () => {
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
      stream: 1,
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

test("a hold that is answered by hand is answered under the request's own id", async () => {
  const { number } = await hold({});
  held(number, request("b"));
  const [one] = (await toldHolds((holds) => holds.held.length === 1)).held;
  const order = { action: "answer", message: response("other") };
  expect((await post(`/api/holds/${one?.id}/release`, order)).status).toBe(204);
  const release = await live.relay.ordered((orders) => orders.find((line) => line.order === "release"));
  expect("message" in release && jsonOf(release.message ?? "")).toEqual(response("b"));
});

test("a hold keeps an answer in shared memory back: what the host does not read is freed in its place", async () => {
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

test("a hold with a filter looks at each message, and what does not match goes on at once", async () => {
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

test("a hold of answers knows the function also where the answer is held before its request is recorded", async () => {
  const { number } = await hold({ from: "worker", filter: "fn:hello" });
  const other = { kind: 5, direction: "to-host", ask: true };
  held(number, response("b"), { ...other, held: 1, invocationId: "b" });
  held(number, response("c"), { ...other, held: 2, invocationId: "c" });
  live.relay.say(1, "host", request("c", { functionId: "unknown" }));
  live.relay.say(1, "host", request("b"));
  const replies = await live.relay.ordered((orders) => {
    const found = orders.filter((one) => one.order === "release");
    return found.length === 2 ? found : undefined;
  });
  expect(replies).toContainEqual({ order: "release", held: 1, action: "keep" });
  expect(replies).toContainEqual({ order: "release", held: 2, action: "release" });
  const { held: shown } = await toldHolds((one) => one.held.length === 1);
  expect(shown).toMatchObject([{ invocationId: "b", functionName: "hello" }]);
});

test("a hold that is taken away is taken from the relay, with what it held", async () => {
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

test("a hold is asked for what a relay held because of one that has ended by its count meanwhile", async () => {
  const message = { invocationResponse: { result: { status: "Success" } } };
  const { number } = await hold({ answer: { message, times: 1 } });
  const younger = await hold({});
  held(number, request("b"), { held: 1 });
  const answer = await live.relay.ordered((orders) => orders.find((one) => one.order === "release"));
  expect(answer).toMatchObject({ held: 1, action: "answer" });
  live.relay.report({ report: "released", held: 1, rule: number, action: "answer" });
  const end = await live.relay.ordered((orders) => orders.find((one) => one.order === "unhold"));
  expect(end).toEqual({ order: "unhold", rule: number, spent: true });
  held(number, request("c"), { held: 2, invocationId: "c" });
  const { held: shown } = await toldHolds((one) => one.held.length === 1);
  expect(shown).toMatchObject([{ rule: younger.id, invocationId: "c" }]);
  expect(live.relay.orders.at(-1)).toMatchObject({ held: 2, action: "keep", rule: younger.number });
});

test("a hold is told anew to a relay whose line broke, which has let everything go", async () => {
  const { number } = await hold({});
  held(number, request("b"));
  await toldHolds((one) => one.held.length === 1);
  live.relay.hangUp();
  await toldHolds((one) => one.held.length === 0);
  const again = await live.relay.ordered((orders) => orders.filter((one) => one.order === "hold")[1]);
  expect(again).toMatchObject({ at, kinds: [4] });
});

test("a hold of every stream is told of a stream that comes later", async () => {
  await hold({ kinds: ["invocation_request", "#40"] });
  live.relay.open(2);
  live.relay.say(2, "worker", { startStream: { workerId: "w2" } });
  const later = await live.relay.ordered((orders) => orders.filter((one) => one.order === "hold")[1]);
  expect(later).toMatchObject({ at: { connection: 2, stream: 1 }, kinds: [4, 40] });
});

test("nothing is held or sent where the host opened the connection, whose ends the relay would mistake", async () => {
  await hold({ kinds: ["invocation_request"] });
  live.relay.open(2);
  live.relay.say(2, "host", { startStream: { workerId: "w2" } });
  await recorded(REQUEST + 1);
  for (const [path, order] of [
    ["/api/holds/rules", { from: "host", stream: 2 }],
    ["/api/replays", { stream: 2, source: { seq: REQUEST } }],
  ] as const) {
    const { status, json } = await post(path, order);
    expect([status, json]).toMatchObject([400, { error: { code: "not-supported" } }]);
  }
  expect(live.relay.orders.filter(({ order }) => order !== "hold")).toEqual([]);
  expect(JSON.stringify(live.relay.orders)).not.toContain('"connection":2');
});

test("a hold of what there is not is refused", async () => {
  await recorded(REQUEST);
  for (const order of [{ from: "relay" }, { from: "host", kinds: ["x"] }, { from: "host", filter: "fn:" }, {}]) {
    expect((await post("/api/holds/rules", order)).status).toBe(400);
  }
  expect((await post("/api/holds/rules", { from: "host", stream: 7 })).status).toBe(404);
});

test("a hold says how long it holds, and how many messages went on by themselves and why", async () => {
  const { id, number } = await hold({ filter: "fn:hello", limitMs: 90_000 });
  expect(live.relay.orders.at(-1)).toMatchObject({ order: "hold", ask: true, limitMs: 90_000 });
  held(number, request("b"), { held: 1 });
  const { held: shown } = await toldHolds((holds) => holds.held.length === 1);
  expect((shown[0]?.goesOnAt ?? 0) - (shown[0]?.heldAt ?? 0)).toBe(90e9);
  live.relay.report({ report: "released", held: 1, rule: number, action: "release", reason: "time-limit" });
  live.relay.report({ report: "released", held: 2, rule: number, action: "release", reason: "no-verdict" });
  const room = { bytes: 1000, maxBytes: 1024, messages: 3, maxMessages: 5, isPaused: true };
  live.relay.report({ report: "holding", ...room, passed: [[number, 7]] });
  const holds = await toldHolds((one) => one.room?.isPaused === true);
  expect(holds.room).toEqual(room);
  expect(holds.held).toEqual([]);
  expect(holds.rules).toMatchObject([{ id, limitMs: 90_000, passed: { noRoom: 7, noVerdict: 1, tooLong: 1 } }]);
  live.relay.hangUp();
  expect((await toldHolds((one) => one.room === undefined)).rules).toHaveLength(1);
});

test("a hold that answers is given as long as its answer is delayed, and a little more", async () => {
  const message = { invocationResponse: { result: { status: "Success" } } };
  await hold({ answer: { message, delayMs: 60_000 } });
  expect(live.relay.orders.at(-1)).toMatchObject({ order: "hold", limitMs: 70_000 });
});

test("a list of held messages is shown with what they say up to a limit, beyond which each is asked for", async () => {
  const { number } = await hold({});
  const large = request("b", { triggerMetadata: { text: { string: "x".repeat(400_000) } } });
  for (const n of [1, 2, 3]) {
    held(number, large, { held: n });
  }
  const { held: listed } = await toldHolds((one) => one.held.length === 3);
  expect(listed.map(({ message, isApart }) => [message !== undefined, isApart])).toEqual([
    [true, undefined],
    [true, undefined],
    [false, true],
  ]);
  const id = listed[2]?.id ?? 0;
  expect((await live.served.ask(`/api/holds/${id}`)).json).toMatchObject({ id, message: large });
  expect((await post(`/api/holds/${id}/release`, { action: "replace", message: request("c") })).status).toBe(204);
  expect((await live.served.ask(`/api/holds/${id}`)).status).toBe(409);
});
