import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BEGINNING, createTail } from "@inspector/hub/ingest/journal-tail";
import {
  type JournalRecord,
  RECORD_BYTES,
  RECORD_EVENT,
  SIDE_HOST,
  SIDE_RELAY,
  SIDE_WORKER,
} from "@inspector/wire/journal";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createJournal } from "./journal.ts";
import type { Watch } from "./pump.ts";
import { createRelay, createRoutedRelay, type RoutedRelay } from "./relay.ts";

let directory: string;
let relay: RoutedRelay | undefined;
const hosts: { close(): void }[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "relay-"));
});

afterEach(async () => {
  await relay?.close();
  relay?.journal.close();
  for (const host of hosts.splice(0)) {
    host.close();
  }
  rmSync(directory, { recursive: true, force: true });
});

/** A host that hands over each connection, and a relay before it. */
async function startRelay(onConnection: (socket: Socket) => void, watch?: Watch): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, onConnection).listen(0, "127.0.0.1");
  hosts.push(server);
  await once(server, "listening");
  return await relayTo((server.address() as AddressInfo).port, watch);
}

async function relayTo(port: number, watch?: Watch): Promise<number> {
  const started = await createRelay({
    listen: { host: "127.0.0.1", port: 0 },
    upstream: { host: "127.0.0.1", port },
    ...(watch && { watch }),
    openJournal: (_, positions) => createJournal({ directory, positions }),
  });
  relay = started;
  return started.address.port;
}

function dial(port: number): Socket {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
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

function events(): { type: string; side: number; [key: string]: unknown }[] {
  return records()
    .filter(({ kind }) => kind === RECORD_EVENT)
    .map(({ payload, side }) => ({ ...JSON.parse(Buffer.from(payload).toString()), side }));
}

function bytesOf(side: number): string {
  const chunks = records().filter((record) => record.kind === RECORD_BYTES && record.side === side);
  return Buffer.concat(chunks.map(({ payload }) => payload)).toString();
}

test("what is not HTTP/2 at all passes unchanged, both ways, and is in the journal", async () => {
  const port = await startRelay((socket) => socket.on("data", (chunk) => socket.end(`echo ${chunk}`)));
  const worker = dial(port);
  worker.write("GET / HTTP/1.1\r\n\r\n");
  const [answer] = await once(worker, "data");
  expect(String(answer)).toBe("echo GET / HTTP/1.1\r\n\r\n");
  worker.end();
  await once(worker, "close");
  expect(bytesOf(SIDE_WORKER)).toBe("GET / HTTP/1.1\r\n\r\n");
  expect(bytesOf(SIDE_HOST)).toBe("echo GET / HTTP/1.1\r\n\r\n");
});

test("who watches sees each chunk before it is recorded and goes on, and may record something about it", async () => {
  const port = await startRelay(
    (socket) => socket.on("data", (chunk) => socket.end(`echo ${chunk}`)),
    (connection) => (side, chunk, length) => {
      const text = Buffer.from(chunk.subarray(0, length)).toString();
      relay?.journal.event({ type: "seen", side, text }, connection, SIDE_RELAY);
    },
  );
  const worker = dial(port);
  worker.end("hello");
  worker.resume();
  await once(worker, "close");
  const texts = records().map(({ payload }) => Buffer.from(payload).toString());
  const seen = (side: string, text: string): string => JSON.stringify({ type: "seen", side, text });
  expect(texts.filter((text) => text.includes("hello"))).toEqual([
    seen("worker", "hello"),
    "hello",
    seen("host", "echo hello"),
    "echo hello",
  ]);
});

test("a half-close is carried over as a half-close: the other direction goes on", async () => {
  const port = await startRelay((socket) => {
    socket.resume();
    socket.on("end", () => socket.end("after your end"));
  });
  const worker = dial(port);
  worker.end("the last word");
  const [answer] = await once(worker, "data");
  expect(String(answer)).toBe("after your end");
  await once(worker, "close");
  expect(events().filter(({ type }) => type === "half-closed")).toMatchObject([
    { side: SIDE_WORKER },
    { side: SIDE_HOST },
  ]);
});

test("a reset by the host reaches the worker as a reset, behind the bytes that came first", async () => {
  let host: Socket | undefined;
  const port = await startRelay((socket) => {
    host = socket;
    socket.on("error", () => {});
    socket.write("trailers");
  });
  const worker = dial(port);
  const received: string[] = [];
  // Not before: a reset takes with it what the other side has not read yet.
  worker.on("data", (chunk) => {
    received.push(String(chunk));
    host?.resetAndDestroy();
  });
  const [error] = await once(worker, "error");
  expect(error).toMatchObject({ code: "ECONNRESET" });
  expect(received.join("")).toBe("trailers");
  expect(events()).toContainEqual({ type: "reset", code: "ECONNRESET", side: SIDE_HOST });
});

test("a reset by the worker reaches the host as a reset", async () => {
  let worker: Socket | undefined;
  const reset = new Promise((resolve) => {
    void startRelay((socket) => {
      socket.on("error", resolve).on("data", () => worker?.resetAndDestroy());
    }).then((port) => {
      worker = dial(port);
      worker.write("hello");
    });
  });
  expect(await reset).toMatchObject({ code: "ECONNRESET" });
});

test("a side that does not read holds the other up, and the relay keeps no more than a few buffers", async () => {
  let stalled: Socket | undefined;
  const port = await startRelay((socket) => {
    stalled = socket;
    socket.pause();
  });
  const worker = dial(port);
  const chunk = Buffer.alloc(1024 * 1024, 1);
  let sent = 0;
  const total = 256;
  const before = process.memoryUsage().arrayBuffers;
  for (let n = 0; n < total; n++) {
    worker.write(chunk, () => {
      sent += 1;
    });
  }
  // Until the kernel's and the relay's buffers are full, whatever their size.
  for (let last = -1; last !== sent || stalled === undefined; ) {
    last = sent;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  expect(sent).toBeLessThan(total);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 1024 * 1024);
  let received = 0;
  stalled.on("data", (data: Buffer) => {
    received += data.length;
  });
  stalled.resume();
  worker.end();
  await once(stalled, "end");
  expect(received).toBe(total * chunk.length);
  stalled.end();
});

test("a host that refuses is answered for: UNAVAILABLE, with the address and what to check", async () => {
  const closed = createServer().listen(0, "127.0.0.1");
  await once(closed, "listening");
  const { port: refusing } = closed.address() as AddressInfo;
  closed.close();
  await once(closed, "close");
  const port = await relayTo(refusing);
  const client = connectHttp2(`http://127.0.0.1:${port}`);
  const call = client.request({
    ":method": "POST",
    ":path": "/x/Y",
    "content-type": "application/grpc",
    te: "trailers",
  });
  const [headers] = await once(call, "response");
  expect(headers).toMatchObject({ ":status": 200, "grpc-status": "14" });
  expect(decodeURIComponent(String(headers["grpc-message"]))).toMatch(
    new RegExp(`upstream 127\\.0\\.0\\.1:${refusing} refused the connection; check .*--upstream`),
  );
  client.close();
  await once(client, "close");
  expect(events()).toContainEqual(expect.objectContaining({ type: "upstream-failed", code: "ECONNREFUSED" }));
});

test("every call gets the same HTTP/2 peer as without the relay", async () => {
  const server = createHttp2Server((request, response) => {
    response.setHeader("x-method", request.method);
    request.pipe(response);
  }).listen(0, "127.0.0.1");
  hosts.push(server);
  await once(server, "listening");
  const port = await relayTo((server.address() as AddressInfo).port);
  const client = connectHttp2(`http://127.0.0.1:${port}`);
  const bodies = await Promise.all(
    Array.from({ length: 20 }, async (_, n) => {
      const call = client.request({ ":method": "POST", ":path": `/${n}` });
      call.end(`body ${n}`);
      return (await call.toArray()).join("");
    }),
  );
  expect(bodies).toEqual(Array.from({ length: 20 }, (_, n) => `body ${n}`));
  client.close();
  await once(client, "close");
});

test("closing the relay resets what is open: never a clean end", async () => {
  const port = await startRelay((socket) => socket.on("error", () => {}).resume());
  const worker = dial(port);
  worker.write("hello");
  await expect.poll(() => bytesOf(SIDE_WORKER)).toBe("hello");
  const failed = once(worker, "error");
  await relay?.close();
  expect((await failed)[0]).toMatchObject({ code: "ECONNRESET" });
});

describe("a relay with several routes", () => {
  const LOOPBACK = { host: "127.0.0.1", port: 0 };

  async function startHost(onConnection: (socket: Socket) => void): Promise<number> {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on("error", () => {});
      onConnection(socket);
    }).listen(0, "127.0.0.1");
    hosts.push(server);
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  }

  async function startEcho(name: string): Promise<number> {
    return await startHost((socket) => socket.on("data", (chunk) => socket.write(`${name}:${chunk}`)));
  }

  async function openRoutes(...upstreams: readonly number[]) {
    const ended: number[] = [];
    const routed = createRoutedRelay({ openJournal: (positions) => createJournal({ directory, positions }) });
    relay = routed;
    const routes = await Promise.all(
      upstreams.map((port) =>
        routed.openRoute({
          listen: LOOPBACK,
          upstream: { host: "127.0.0.1", port },
          onHostEnded: () => ended.push(port),
        }),
      ),
    );
    return { routes, ended };
  }

  test("dials each route's own host, and writes one journal", async () => {
    const upstreams = await Promise.all([startEcho("one"), startEcho("two")]);
    const { routes } = await openRoutes(...upstreams);
    const answers = await Promise.all(
      routes.map(async ({ address }) => {
        const worker = dial(address.port);
        worker.write("hello");
        const [answer] = await once(worker, "data");
        return String(answer);
      }),
    );
    expect(answers).toEqual(["one:hello", "two:hello"]);
    await expect.poll(() => bytesOf(SIDE_WORKER)).toBe("hellohello");
    expect(events().filter(({ type }) => type === "opened")).toEqual(
      expect.arrayContaining(upstreams.map((port) => expect.objectContaining({ upstream: `127.0.0.1:${port}` }))),
    );
  });

  test("a route that is closed accepts nobody, and what it joined goes on", async () => {
    const { routes } = await openRoutes(await startEcho("one"));
    const port = routes[0]?.address.port ?? 0;
    const worker = dial(port);
    worker.write("before");
    await once(worker, "data");
    routes[0]?.close();
    const late = dial(port);
    const [error] = await once(late, "error");
    expect(error).toMatchObject({ code: "ECONNREFUSED" });
    worker.write("after");
    expect(String((await once(worker, "data"))[0])).toBe("one:after");
  });

  test("tells when a host has ended, though its worker has not, and when it is not there", async () => {
    const leaving = await startHost((socket) => socket.once("data", () => socket.end()));
    const { routes, ended } = await openRoutes(leaving, 1);
    const worker = dial(routes[0]?.address.port ?? 0);
    worker.write("hello");
    worker.resume();
    await expect.poll(() => ended).toEqual([leaving]);
    expect(worker.writable).toBe(true);
    dial(routes[1]?.address.port ?? 0).write("hello");
    await expect.poll(() => ended).toEqual([leaving, 1]);
  });

  test("refuses a route whose upstream is another route of its own", async () => {
    const { routes } = await openRoutes(await startEcho("one"));
    const upstream = { host: "localhost", port: routes[0]?.address.port ?? 0 };
    await expect(relay?.openRoute({ listen: LOOPBACK, upstream })).rejects.toMatchObject({ code: "ELOOP" });
  });

  test("does not join a worker to a route of its own that was opened since", async () => {
    let accepted = 0;
    const host = await startHost(() => {
      accepted += 1;
    });
    const { routes } = await openRoutes(host);
    const later = routes[0]?.address ?? LOOPBACK;
    routes[0]?.close();
    const route = await relay?.openRoute({ listen: LOOPBACK, upstream: later });
    await relay?.openRoute({ listen: later, upstream: { host: "127.0.0.1", port: host } });
    const client = connectHttp2(`http://127.0.0.1:${route?.address.port}`);
    const [headers] = await once(client.request({ ":method": "POST", ":path": "/x" }), "response");
    expect(headers).toMatchObject({
      "grpc-status": "14",
      "grpc-message": expect.stringContaining("is the inspector itself"),
    });
    expect(accepted).toBe(0);
    expect(events()).toContainEqual(expect.objectContaining({ type: "upstream-failed", code: "ELOOP" }));
    client.close();
  });
});
