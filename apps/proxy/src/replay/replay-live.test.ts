/** `inspector replay --to` with a hub that answers as it is told, over real HTTP. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer as createSocketServer } from "node:net";
import { encodeMessage, messageFromJson, type StreamingMessage } from "@inspector/proto";
import { afterEach, expect, test } from "vitest";
import { invocationRow, recordedCall } from "../../testing/recorded-call.ts";
import { createHubClient } from "./hub-client.ts";
import type { RecordedCall } from "./recorded-calls.ts";
import { replayLive } from "./replay-live.ts";

const servers: { close(): unknown }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
  }
});

/** @returns the page's address */
async function serve(answers: Readonly<Record<string, () => unknown>>): Promise<string> {
  const server: Server = createServer((request, response) => {
    const answer = answers[`${request.method} ${request.url}`]?.();
    response.statusCode = answer === undefined ? 404 : 200;
    const isBytes = answer instanceof Uint8Array;
    response.end(isBytes ? answer : JSON.stringify(answer ?? { error: { code: "none", message: `${request.url}` } }));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/?token=t`;
}

const result = { status: "Success" };

function recorded(body: string): RecordedCall {
  const headers: [] = [];
  return recordedCall({
    functionName: "parts",
    httpExtent: () => "whole",
    http: () => ({
      request: { method: "GET", target: "/api/parts", headers, body: undefined },
      response: { status: 200, headers, body: Buffer.from(body) },
    }),
  });
}

async function replay(url: string, call: RecordedCall) {
  const [outcome] = await replayLive({
    calls: [call],
    hub: createHubClient(url),
    session: undefined,
    timing: "order",
    ignore: ["status", "result"],
    known: () => ({ recorded: {}, replayed: {} }),
    onProgress: () => {},
  });
  return outcome;
}

function hub(capabilities: readonly object[], http: () => unknown) {
  const stream = { id: 3, phase: "loaded" };
  return {
    "GET /api/workers": () => [{ stream, workerCapabilities: capabilities, hostCapabilities: [] }],
    "GET /api/functions": () => [{ name: "parts", stream: 3, load: "success" }],
    "POST /api/replays": () => ({
      id: 1,
      state: "done",
      results: [{ n: 1, invocationId: "b", state: "success", invocation: 9 }],
    }),
    "GET /api/invocations/9": () => ({ row: invocationRow({ id: 9 }), request: 10, messages: [10, 11], http: http() }),
    "GET /api/messages/11": () => ({
      row: { seq: 11 },
      message: { invocationResponse: { invocationId: "b", result } },
    }),
  };
}

const HTTP_URI = [{ name: "HttpUri", value: "http://127.0.0.1:1/" }];

test("an answer over HTTP is compared when it has ended, though the worker answered on the stream before", async () => {
  let looks = 0;
  const part = { id: 4, response: { status: 200, reason: "OK", headers: [], size: 5, at: 1 } };
  const url = await serve({
    ...hub(HTTP_URI, () => {
      looks += 1;
      return looks < 4 ? (looks < 2 ? undefined : part) : { ...part, response: { ...part.response, endedAt: 2 } };
    }),
    "GET /api/http/4/response": () => Buffer.from(looks < 4 ? "half " : "half and half"),
  });
  expect(await replay(url, recorded("half and half"))).toMatchObject({ outcome: "same" });
});

test("an answer that is too large for the page is fetched and compared", async () => {
  const answer = (text: string) => ({
    invocationResponse: { invocationId: "b", result, returnValue: { string: text } },
  });
  const large = "x".repeat(9 * 1024 * 1024);
  const encoded = (text: string): StreamingMessage => {
    const parsed = messageFromJson(answer(text));
    if (!parsed.ok) {
      throw new Error(parsed.reason);
    }
    return parsed.message;
  };
  const reason = "the message is too large to be shown as one document; its bytes are under Raw";
  const url = await serve({
    ...hub([], () => undefined),
    "GET /api/messages/11": () => ({ row: { seq: 11, size: large.length }, reason }),
    "GET /api/messages/11/bytes": () => encodeMessage(encoded(`${large}b`)),
  });
  const recordedAs = (text: string) => recordedCall({ functionName: "parts", answer: () => [encoded(text)] });
  expect(await replay(url, recordedAs(`${large}b`))).toMatchObject({ outcome: "same" });
  expect(await replay(url, recordedAs(`${large}a`))).toMatchObject({
    outcome: "different",
    differences: [{ path: "returnValue.string" }],
  });
});

test("an answer that is not there as a whole is told as one that came", async () => {
  const url = await serve({
    ...hub([], () => undefined),
    "GET /api/messages/11": () => ({ row: { seq: 11, size: 9, isBodyDropped: true }, reason: "the body was given up" }),
  });
  expect(await replay(url, recordedCall({ functionName: "parts" }))).toMatchObject({
    outcome: "unanswered",
    reason: "one came that cannot be compared: the body was given up",
  });
});

test("nothing is sent to a worker that takes no HTTP requests where one was recorded", async () => {
  const { "POST /api/replays": _, ...others } = hub([], () => undefined);
  const outcome = await replay(await serve(others), recorded("hello"));
  expect(outcome).toMatchObject({ outcome: "unanswered", reason: expect.stringContaining("HttpUri") });
});

test("a connection to the hub that has ended is opened anew, and a hub that is away is said to be", async () => {
  let accepted = 0;
  const server = createSocketServer((socket) => {
    accepted += 1;
    if (accepted === 1) {
      socket.destroy();
    } else {
      socket.end("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
    }
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = createHubClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}/?token=t`);
  expect(await client.get("/api/session")).toEqual({});
  accepted = 0;
  await expect(client.post("/api/replays", {})).rejects.toMatchObject({ code: "hub-away" });
});

test("a hub that is away for a moment is waited for, also with what changes something while nobody takes it", async () => {
  const before = createServer();
  await new Promise<void>((resolve) => before.listen(0, "127.0.0.1", resolve));
  const { port } = before.address() as AddressInfo;
  await new Promise((resolve) => before.close(resolve));
  const client = createHubClient(`http://127.0.0.1:${port}/?token=t`);
  const answers = Promise.all([client.get("/"), client.post("/", {})]);
  const server = createServer((_, response) => response.end('"back"'));
  servers.push(server);
  await new Promise((resolve) => setTimeout(resolve, 300));
  server.listen(port, "127.0.0.1");
  expect(await answers).toEqual(["back", "back"]);
});
