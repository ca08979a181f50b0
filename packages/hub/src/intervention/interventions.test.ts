import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ReplayRun } from "@inspector/contract/intervention";
import type { InterventionOrder } from "@inspector/contract/intervention-lines";
import type { InvocationRow } from "@inspector/contract/page";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { type RecordedLive, recordLive } from "../../testing/recorded-live.ts";
import { writeSession } from "../../testing/recorded-session.ts";
import { jsonOf, REQUEST, request, response, SAID_AT_START, startWorker } from "../../testing/scripted-worker.ts";
import type { Answer } from "../../testing/served-sessions.ts";
import { RunningReplay } from "./replay-run.ts";

type Sent = Extract<InterventionOrder, { order: "replay" }>;

const STREAM = 1;
const at = { connection: 1, stream: 1 };
const toWorker = { stream: 1, direction: "to-worker" } as const;
const toHost = { stream: 1, direction: "to-host" } as const;

let live: RecordedLive;
/** Messages of the worker so far. */
let answers = 0;

beforeEach(async () => {
  live = await recordLive();
  startWorker(live.relay);
  answers = SAID_AT_START;
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await live.close();
});

function post(path: string, body: unknown): Promise<Answer> {
  return live.served.change("POST", path, body);
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
    expect(live.relay.orders.map(({ order }) => order)).toEqual(["replay", "give-up"]);
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
  startWorker(live.relay, { HandlesInvocationCancelMessage: "true" });
  answers = SAID_AT_START;
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

test("what an answer leaves in shared memory is freed once, also where it comes too late, or to another hub", async () => {
  live.relay.close(1);
  await live.close();
  live = await recordLive();
  startWorker(live.relay, { SharedMemoryDataTransfer: "true" });
  answers = SAID_AT_START;
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
  await startReplay();
  const outlasting = await sent(3);
  live.relay.event(1, { type: "injected", ...toWorker, replay: outlasting.mark, bytes: outlasting.message });
  await told(({ results }) => results[0]?.invocation !== undefined && results[0].state === "in-flight");
  await live.restart();
  live.relay.say(1, "worker", inMap(outlasting.invocationId, "behind a hub"));
  expect(await freed(3)).toEqual(["late", "in time", "behind a hub"]);
});

test("the file of a map that a worker only lets go of, since its host caches data, is removed", async () => {
  const folder = join(live.folder.root, "AzureFunctions");
  mkdirSync(folder);
  vi.stubEnv("FUNCTIONS_UNIX_SHARED_MEMORY_DIRECTORIES", live.folder.root);
  for (const name of ["ours", "the host's"]) {
    writeFileSync(join(folder, name), "content");
  }
  live.relay.close(1);
  startWorker(live.relay, { SharedMemoryDataTransfer: "true" }, { FunctionDataCache: "true" }, 2);
  const order = { stream: 2, source: { seq: REQUEST } };
  await recorded(2 * REQUEST);
  expect((await post("/api/replays", order)).status).toBe(201);
  const { invocationId, mark, message } = await sent(1);
  live.relay.event(2, { type: "injected", ...toWorker, replay: mark, bytes: message });
  const outputData = [{ name: "out", rpcSharedMemory: { name: "ours", count: "3" } }];
  live.relay.say(2, "worker", { invocationResponse: { invocationId, outputData, result: { status: "Success" } } });
  await told(({ state }) => state === "done");
  expect(readdirSync(folder)).toEqual(["the host's"]);
});

describe("of replays that may go on", () => {
  const refused = async (): Promise<Answer> =>
    await post("/api/replays", { stream: STREAM, source: { seq: REQUEST }, times: 2 });

  test("there are only so many, and one that is cancelled makes room", async () => {
    await recorded(REQUEST);
    for (let n = 0; n < 50; n += 1) {
      await startReplay();
    }
    expect((await refused()).json).toMatchObject({ error: { code: "too-many", message: "50 replays are running" } });
    const first = await sent(1);
    await post("/api/replays/1/cancel", {});
    answerReplay(first);
    await told(({ id, results }) => id === 1 && results[0]?.state === "success");
    await startReplay();
  });

  test("what they keep together in order to send more has a limit", async () => {
    const kept = vi.spyOn(RunningReplay.prototype, "keptBytes", "get").mockReturnValue(256 * 1024 * 1024);
    onTestFinished(() => kept.mockRestore());
    await startReplay({ times: 2 });
    expect((await refused()).json).toMatchObject({
      error: { code: "too-many", message: "The replays that are running keep 256 MiB" },
    });
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
