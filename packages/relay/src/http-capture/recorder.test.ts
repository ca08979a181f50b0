import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BEGINNING, createTail } from "@inspector/hub/ingest/journal-tail";
import { create, encodeMessage, StreamingMessageSchema } from "@inspector/proto";
import { type JournalRecord, RECORD_BYTES, RECORD_EVENT, SIDE_HOST, SIDE_WORKER } from "@inspector/wire/journal";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createJournal, type Journal } from "../journal.ts";
import { httpUriOf } from "./http-uri.ts";
import { createHttpRecorder, type HttpRecorder } from "./recorder.ts";

let directory: string;
let journal: Journal;
let recorder: HttpRecorder;
const servers: Server[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "http-capture-"));
  journal = createJournal({ directory });
  recorder = createHttpRecorder(journal);
});

afterEach(async () => {
  await recorder.close();
  journal.close();
  for (const server of servers.splice(0)) {
    server.close();
  }
  rmSync(directory, { recursive: true, force: true });
});

/** What a worker with an HTTP server at this address says in its init response, and what the host gets to see of it. */
async function declare(uri: string, connection = 1): Promise<string | undefined> {
  const message = encodeMessage(
    create(StreamingMessageSchema, {
      content: { case: "workerInitResponse", value: { capabilities: { HttpUri: uri } } },
    }),
  );
  const rewritten = await recorder.rewrite({ kind: 16, connection, stream: 1 }, message);
  return rewritten === undefined ? undefined : httpUriOf(rewritten);
}

async function serve(onConnection: (socket: Socket) => void, port = 0): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, onConnection);
  servers.push(server);
  await once(server.listen(port, "127.0.0.1"), "listening");
  return portOf(server);
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function dial(onConnection: (socket: Socket) => void): Promise<Socket> {
  return connectTo(await declare(`http://127.0.0.1:${await serve(onConnection)}/`));
}

function connectTo(uri: string | undefined): Socket {
  const socket = connect({ host: "127.0.0.1", port: Number(new URL(uri ?? "").port), allowHalfOpen: true });
  socket.on("error", () => {});
  return socket;
}

function records(): JournalRecord[] {
  const read: JournalRecord[] = [];
  const tail = createTail(directory, BEGINNING);
  tail.read(Number.MAX_SAFE_INTEGER, (record) => read.push({ ...record, payload: record.payload.slice() }));
  tail.close();
  return read;
}

function events(): string[] {
  return records().flatMap(({ kind, payload }) =>
    kind === RECORD_EVENT ? [String(JSON.parse(Buffer.from(payload).toString()).type)] : [],
  );
}

function bytesOf(side: number): string {
  const chunks = records().filter((record) => record.kind === RECORD_BYTES && record.side === side);
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
  const port = await serve(() => {});
  await new Promise((closed) => servers.pop()?.close(closed));
  const uri = await declare(`http://127.0.0.1:${port}/`);
  const host = connectTo(uri);
  await once(host, "connect");
  await serve((worker) => worker.end("here I am"), port);
  expect(String((await once(host, "data"))[0])).toBe("here I am");
  host.end();
  await once(host, "close");
});

test("a worker's server that is not there is a reset to the host, and said", async () => {
  const port = await serve(() => {});
  await new Promise((closed) => servers.pop()?.close(closed));
  const uri = await declare(`http://127.0.0.1:${port}/`);
  const host = connectTo(uri);
  const [error] = await once(host, "error");
  expect(error).toMatchObject({ code: "ECONNRESET" });
  expect(events()).toContain("upstream-failed");
});

test("path, and what else the address has, stay as the worker wrote them; the same worker keeps its port", async () => {
  const port = await serve(() => {});
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
  recorder.forget(7);
  const host = connectTo(uri);
  const [error] = await once(host, "error");
  expect(error).toMatchObject({ code: "ECONNREFUSED" });
});
