import { once } from "node:events";
import { connect, type Server, type Socket } from "node:net";
import { create, encodeMessage, StreamingMessageSchema } from "@inspector/proto";
import { RECORD_BYTES, RECORD_EVENT, SIDE_HOST, SIDE_WORKER } from "@inspector/wire/journal";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type HttpRecording, portOf, startHttpRecording } from "../../testing/http-recording.ts";
import { httpUriOf } from "./http-uri.ts";

let recording: HttpRecording;

beforeEach(() => {
  recording = startHttpRecording();
});

afterEach(() => recording.end());

/** What a worker with an HTTP server at this address says in its init response, and what the host gets to see of it. */
async function declare(uri: string, connection = 1): Promise<string | undefined> {
  const message = encodeMessage(
    create(StreamingMessageSchema, {
      content: { case: "workerInitResponse", value: { capabilities: { HttpUri: uri } } },
    }),
  );
  const rewritten = await recording.recorder.rewrite({ kind: 16, connection, stream: 1 }, message);
  return rewritten === undefined ? undefined : httpUriOf(rewritten);
}

function serve(onConnection: (socket: Socket) => void, port = 0): Promise<Server> {
  return recording.serve(onConnection, { port, allowHalfOpen: true });
}

async function dial(onConnection: (socket: Socket) => void): Promise<Socket> {
  return connectTo(await declare(`http://127.0.0.1:${portOf(await serve(onConnection))}/`));
}

function connectTo(uri: string | undefined): Socket {
  const socket = connect({ host: "127.0.0.1", port: Number(new URL(uri ?? "").port), allowHalfOpen: true });
  socket.on("error", () => {});
  return socket;
}

function events(): string[] {
  return recording
    .records()
    .flatMap(({ kind, payload }) =>
      kind === RECORD_EVENT ? [String(JSON.parse(Buffer.from(payload).toString()).type)] : [],
    );
}

function bytesOf(side: number): string {
  const chunks = recording.records().filter((record) => record.kind === RECORD_BYTES && record.side === side);
  return Buffer.concat(chunks.map(({ payload }) => payload)).toString();
}

test("bytes pass unchanged both ways, are in the journal, and a half-close is one on the other side too", async () => {
  const host = await dial((worker) => {
    worker.resume().on("end", () => worker.end("after your end"));
  });
  host.end("GET / HTTP/1.1\r\n\r\n");
  const [answer] = await once(host, "data");
  expect(String(answer)).toBe("after your end");
  await once(host, "close");
  expect(bytesOf(SIDE_HOST)).toBe("GET / HTTP/1.1\r\n\r\n");
  expect(bytesOf(SIDE_WORKER)).toBe("after your end");
  expect(events()).toEqual(expect.arrayContaining(["http-capture", "opened", "half-closed", "closed"]));
});

test("each chunk passes when it comes, not when the answer is complete", async () => {
  let worker: Socket | undefined;
  const host = await dial((socket) => {
    worker = socket;
    socket.write("first");
  });
  expect(String((await once(host, "data"))[0])).toBe("first");
  worker?.end("second");
  expect(String((await once(host, "data"))[0])).toBe("second");
  host.end();
  await once(host, "close");
});

test("a worker that dies in the middle of its answer is a reset to the host", async () => {
  let worker: Socket | undefined;
  const host = await dial((socket) => {
    worker = socket;
    socket.write("half an ans");
  });
  expect(String((await once(host, "data"))[0])).toBe("half an ans");
  worker?.resetAndDestroy();
  const [error] = await once(host, "error");
  expect(error).toMatchObject({ code: "ECONNRESET" });
  expect(events()).toContain("reset");
});

test("a worker's server that begins to listen late is waited for, as the host would", async () => {
  const closing = await serve(() => {});
  const port = portOf(closing);
  await new Promise((closed) => closing.close(closed));
  const uri = await declare(`http://127.0.0.1:${port}/`);
  const host = connectTo(uri);
  await once(host, "connect");
  await serve((worker) => worker.end("here I am"), port);
  expect(String((await once(host, "data"))[0])).toBe("here I am");
  host.end();
  await once(host, "close");
});

test("a worker's server that is not there is a reset to the host, and said", async () => {
  const closing = await serve(() => {});
  const port = portOf(closing);
  await new Promise((closed) => closing.close(closed));
  const uri = await declare(`http://127.0.0.1:${port}/`);
  const host = connectTo(uri);
  const [error] = await once(host, "error");
  expect(error).toMatchObject({ code: "ECONNRESET" });
  expect(events()).toContain("upstream-failed");
});

test("path, and what else the address has, stay as the worker wrote them; the same worker keeps its port", async () => {
  const port = portOf(await serve(() => {}));
  const first = await declare(`http://localhost:${port}/some/path?a=b`);
  expect(first).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/some\/path\?a=b$/u);
  expect(await declare(`http://localhost:${port}/some/path?a=b`)).toBe(first);
  expect(await declare(`http://localhost:${port}`)).toBe(first?.replace("/some/path?a=b", ""));
});

test.each(["https://localhost:5001/", "localhost", "", "unix:/tmp/socket"])(
  "an address like %j is left alone",
  async (uri) => {
    expect(await declare(uri)).toBeUndefined();
  },
);

test("where a worker is gone nothing listens in its place any more", async () => {
  const uri = await declare("http://127.0.0.1:9/", 7);
  recording.recorder.forget(7);
  const host = connectTo(uri);
  const [error] = await once(host, "error");
  expect(error).toMatchObject({ code: "ECONNREFUSED" });
});
