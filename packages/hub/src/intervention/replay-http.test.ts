import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { ReplayRun } from "@inspector/contract/intervention";
import type { InterventionOrder } from "@inspector/contract/intervention-lines";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type RecordedLive, recordLive } from "../../testing/recorded-live.ts";
import type { Answer } from "../../testing/served-sessions.ts";

type Sent = Extract<InterventionOrder, { order: "replay" }>;
type Arrived = { readonly request: IncomingMessage; readonly body: string; readonly response: ServerResponse };

const REQUEST = 6;
const RECORDED =
  "POST /api/hello?a=b HTTP/1.1\r\nHost: worker\r\nx-ms-invocation-id: a\r\nContent-Length: 8\r\n\r\nrecorded";

let live: RecordedLive;
/** The worker's own HTTP server, and what came to it. */
let server: Server;
let arrive: (arrived: Arrived) => void;
let arrived: Promise<Arrived>;

beforeEach(async () => {
  live = await recordLive();
  arrived = new Promise((resolve) => {
    arrive = resolve;
  });
  server = createServer((request, response) => {
    void buffer(request).then((body) => arrive({ request, body: body.toString("latin1"), response }));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await live.close();
});

function addressOf(of: Server): string {
  return `127.0.0.1:${(of.address() as AddressInfo).port}`;
}

/** A worker that takes HTTP requests at `uri`, and an invocation whose request went there. */
async function startWorker(uri: string, http: object = {}): Promise<void> {
  const { relay } = live;
  relay.open(1);
  relay.say(1, "worker", { startStream: { workerId: "w1" } });
  relay.say(1, "host", { workerInitRequest: { hostVersion: "4" } });
  const capabilities = { HttpUri: uri };
  relay.say(1, "worker", {
    workerInitResponse: { result: { status: "Success" }, capabilities, workerMetadata: { runtimeName: "node" } },
  });
  const bindings = { request: { type: "httpTrigger", direction: "in" } };
  relay.say(1, "host", { functionLoadRequest: { functionId: "f1", metadata: { name: "hello", bindings } } });
  relay.say(1, "worker", { functionLoadResponse: { functionId: "f1", result: { status: "Success" } } });
  const inputData = [{ name: "request", data: { http } }];
  relay.say(1, "host", { invocationRequest: { invocationId: "a", functionId: "f1", inputData } });
  await recorded(REQUEST);
}

async function recorded(seq: number): Promise<void> {
  await live.page.until(({ messages }) => messages.find((one) => one.type === "session" && one.session.last >= seq));
}

/** Waits for the leg of the recorded invocation: it comes without a message. */
async function recordedLeg(): Promise<void> {
  for (;;) {
    const detail = Object((await live.served.ask(`/api/invocations/${REQUEST}`)).json);
    if (detail.http?.request.endedAt !== undefined) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function post(path: string, more: object = {}): Promise<Answer> {
  return live.served.change("POST", path, { stream: 1, source: { seq: REQUEST }, ...more });
}

async function startReplay(more: object = {}): Promise<ReplayRun> {
  const answer = await post("/api/replays", more);
  expect(answer.status, String(answer.body)).toBe(201);
  return answer.json as ReplayRun;
}

function sent(): Promise<Sent> {
  return live.relay.ordered((orders) => orders.find((one): one is Sent => one.order === "replay"));
}

test("both halves are sent under the same id: the recorded request as it was", async () => {
  await startWorker(`http://${addressOf(server)}/`);
  live.relay.http("host", RECORDED);
  await recordedLeg();
  const run = await startReplay();
  const { invocationId } = await sent();
  const { request, body, response } = await arrived;
  expect([request.method, request.url, body]).toEqual(["POST", "/api/hello?a=b", "recorded"]);
  expect(request.headers["x-ms-invocation-id"]).toBe(invocationId);
  expect(run.isEdited).toBe(false);
  response.writeHead(418).end();
  const { results } = await live.page.until(({ messages }) =>
    messages
      .flatMap((one) => (one.type === "replays" ? one.runs : []))
      .find((one) => one.results[0]?.text !== undefined),
  );
  expect(results[0]?.text).toBe("HTTP 418");
});

test("an edited request is sent instead, and the check shows what would be", async () => {
  await startWorker(`http://${addressOf(server)}/`);
  live.relay.http("host", RECORDED);
  await recordedLeg();
  const check = await post("/api/replays/check");
  expect(check.json).toMatchObject({ http: { method: "POST", target: "/api/hello?a=b" } });
  const http = { method: "PUT", target: "/api/other", headers: [["x-edited", "yes"]], body: "AAH/" };
  expect(await startReplay({ http })).toMatchObject({ isEdited: true });
  const { request, body } = await arrived;
  expect([request.method, request.url, request.headers["x-edited"], body]).toEqual([
    "PUT",
    "/api/other",
    "yes",
    "\x00\x01\xff",
  ]);
});

test("the recorder in front of the worker's server takes the replay too, so that its answer is recorded", async () => {
  await startWorker("http://127.0.0.1:1/");
  const capture = { type: "http-capture", worker: "http://127.0.0.1:1/", address: addressOf(server) } as const;
  live.relay.event(1, capture);
  live.relay.http("host", RECORDED);
  await recordedLeg();
  await startReplay();
  expect((await arrived).body).toBe("recorded");
});

test("a request that came on the stream goes to a worker with a server of its own over HTTP", async () => {
  const nullableHeaders = { accept: { value: "text/plain" } };
  const body = { bytes: Buffer.from("from the stream").toString("base64") };
  await startWorker(`http://${addressOf(server)}/`, {
    method: "POST",
    url: "https://app.example/api/hello?q=1",
    nullableHeaders,
    body,
  });
  await startReplay();
  const { request, body: came } = await arrived;
  expect([request.method, request.url, request.headers.accept, came]).toEqual([
    "POST",
    "/api/hello?q=1",
    "text/plain",
    "from the stream",
  ]);
});

test("without a recorded request nothing is sent, and the check says why", async () => {
  await startWorker(`http://${addressOf(server)}/`);
  const check = await post("/api/replays/check");
  expect(check.json).toMatchObject({
    concerns: expect.arrayContaining([
      expect.objectContaining({ severity: "error", message: expect.stringContaining("was not recorded") }),
    ]),
  });
  expect((await post("/api/replays")).status).toBe(409);
  expect(live.relay.orders).toEqual([]);
});

test("a worker whose HTTP server is gone is an answer", async () => {
  await startWorker("http://127.0.0.1:1/");
  live.relay.http("host", RECORDED);
  await recordedLeg();
  await startReplay();
  const { results } = await live.page.until(({ messages }) =>
    messages.flatMap((one) => (one.type === "replays" ? one.runs : [])).find(({ state }) => state === "done"),
  );
  expect(results).toMatchObject([{ state: "failed", text: expect.stringContaining("ECONNREFUSED") }]);
});

test.each([
  [{ method: "GET /", target: "/", headers: [] }],
  [{ method: "GET", target: "/a b", headers: [] }],
  [{ method: "GET", target: "/", headers: [["a", "b\r\nc: d"]] }],
  [{ method: "GET", target: "/", headers: [["a:", "b"]] }],
  [{ method: "GET", target: "/" }],
  ["GET /"],
])("what cannot be sent over HTTP is refused: %j", async (http) => {
  await startWorker(`http://${addressOf(server)}/`);
  expect((await post("/api/replays", { http })).status).toBe(400);
});
