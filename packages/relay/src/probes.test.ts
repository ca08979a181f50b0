import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type ClientHttp2Stream, connect as connectHttp2 } from "node:http2";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { BEGINNING, createTail } from "@inspector/hub/ingest/journal-tail";
import { RECORD_EVENT } from "@inspector/wire/journal";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ConnectionBudget } from "./descriptors.ts";
import { createJournal } from "./journal.ts";
import { createRelay, type Relay } from "./relay.ts";

/** A port on which nobody listens. */
const DEAD_PORT = 1;
const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const PROBES = 20;

let directory: string;
let relay: Relay;
const cleanup: (() => void)[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "relay-"));
});

afterEach(async () => {
  await relay.close();
  relay.journal.close();
  for (const clean of cleanup.splice(0)) {
    clean();
  }
  rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
});

async function startRelay(port: number, more: { budget?: ConnectionBudget; warn?: (line: string) => void } = {}) {
  relay = await createRelay({
    listen: { host: "127.0.0.1", port: 0 },
    upstream: { host: "127.0.0.1", port },
    openJournal: (_, positions) => createJournal({ directory, positions }),
    ...more,
  });
}

async function listenOn(port: number, onConnection: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    onConnection(socket);
  }).listen(port, "127.0.0.1");
  cleanup.push(() => server.close());
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

function dial(): Socket {
  const socket = connect({ port: relay.address.port, host: "127.0.0.1" });
  socket.on("error", () => {});
  socket.resume();
  return socket;
}

/** Keeps this process from running, as a suspension does. */
function suspend(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** Opens and closes connections, one after another. */
async function probe(leave: (socket: Socket) => void): Promise<void> {
  for (let n = 0; n < PROBES; n++) {
    const socket = dial();
    const closed = once(socket, "close");
    await once(socket, "connect");
    leave(socket);
    await closed;
  }
}

function openSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
}

function events(): Record<string, unknown>[] {
  const found: Record<string, unknown>[] = [];
  const tail = createTail(directory, BEGINNING);
  tail.read(Number.MAX_SAFE_INTEGER, ({ kind, payload }) => {
    if (kind === RECORD_EVENT) {
      found.push(JSON.parse(Buffer.from(payload).toString()));
    }
  });
  tail.close();
  return found;
}

const LEAVING: readonly (readonly [string, (socket: Socket) => void])[] = [
  ["by a FIN", (socket) => socket.end()],
  ["by a reset", (socket) => socket.resetAndDestroy()],
  ["by a FIN behind HTTP/2's preface", (socket) => socket.end(PREFACE)],
  ["by a FIN behind HTTP/1.1", (socket) => socket.end("GET / HTTP/1.1\r\n\r\n")],
];

describe("a connection that is closed soon leaves no descriptor behind", () => {
  test.each(LEAVING)("%s, without a host", async (_, leave) => {
    await startRelay(DEAD_PORT);
    const before = openSockets();
    await probe(leave);
    await expect.poll(openSockets).toBeLessThanOrEqual(before);
  });

  test.each(LEAVING)("%s, with a host that resets what it accepts", async (_, leave) => {
    await startRelay(await listenOn(0, (socket) => socket.resetAndDestroy()));
    const before = openSockets();
    await probe(leave);
    await expect.poll(openSockets).toBeLessThanOrEqual(before);
  });
});

describe("a connection that says nothing", () => {
  test("and is closed makes no connection to the host and is counted, not recorded", async () => {
    let accepted = 0;
    const port = await listenOn(0, () => {
      accepted += 1;
    });
    await startRelay(port);
    await probe((socket) => socket.end());
    await relay.close();
    expect(accepted).toBe(0);
    expect(events().filter(({ type }) => type === "opened" || type === "closed")).toEqual([]);
    expect(events()).toContainEqual({ type: "probes", count: PROBES });
  });

  test("and was closed while the relay did not run makes none either", async () => {
    let accepted = 0;
    const port = await listenOn(0, () => {
      accepted += 1;
    });
    await startRelay(port);
    const before = openSockets();
    // Of a thread, which runs on meanwhile.
    const leaving = `require("node:net").connect(${relay.address.port}, "127.0.0.1", function () {
      setTimeout(() => this.end(), 100);
    }).resume();`;
    const prober = new Worker(leaving, { eval: true });
    while (openSockets() === before) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    suspend(500);
    await once(prober, "exit");
    await relay.close();
    expect(accepted).toBe(0);
  });

  test("and stays is joined to the host all the same, which may speak first", async () => {
    await startRelay(await listenOn(0, (socket) => socket.end("who are you?")));
    const [greeting] = await once(dial(), "data");
    expect(String(greeting)).toBe("who are you?");
  });
});

test("a worker that was refused is told to dial again, and reaches the host once it is there", async () => {
  const free = createServer().listen(0, "127.0.0.1");
  await once(free, "listening");
  const { port } = free.address() as AddressInfo;
  free.close();
  await once(free, "close");
  await startRelay(port);
  const client = connectHttp2(`http://127.0.0.1:${relay.address.port}`);
  const call: ClientHttp2Stream = client.request({ ":method": "POST", ":path": "/x" });
  const [headers] = await once(call, "response");
  expect(headers).toMatchObject({ "grpc-status": "14" });
  await once(client, "close");
  await listenOn(port, (socket) => socket.end("here"));
  const again = dial();
  again.write(PREFACE);
  const [answer] = await once(again, "data");
  expect(String(answer)).toBe("here");
});

test("more connections than there are descriptors for are turned away, which is told once and recorded", async () => {
  const budget = new ConnectionBudget(2);
  const said: string[] = [];
  await startRelay(await listenOn(0, (socket) => socket.write("welcome")), { budget, warn: (line) => said.push(line) });
  const first = [dial(), dial()];
  await Promise.all(first.map((socket) => once(socket, "data")));
  await Promise.all([dial(), dial()].map((socket) => once(socket, "close")));
  expect(said).toEqual([expect.stringMatching(/no file descriptors left .*2 at a time/u)]);
  expect(events()).toContainEqual({ type: "connections-refused", limit: 2 });
  // And there is room again.
  for (const socket of first) {
    socket.destroy();
  }
  await expect
    .poll(async () => {
      const socket = dial();
      const [answer] = await Promise.race([once(socket, "data"), once(socket, "close")]);
      return String(answer);
    })
    .toBe("welcome");
});

describe("an upstream that is the relay itself", () => {
  test.each(["localhost", "0.0.0.0", "127.0.0.1", "::ffff:127.0.0.1"])(
    "is refused at the start as %s",
    async (host) => {
      await startRelay(DEAD_PORT);
      const { port } = relay.address;
      await relay.close();
      const again = createRelay({
        listen: { host: "127.0.0.1", port },
        upstream: { host, port },
        openJournal: () => relay.journal,
      });
      await expect(again).rejects.toMatchObject({ code: "ELOOP" });
    },
  );
});
