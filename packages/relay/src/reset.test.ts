import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { createJournal } from "./journal.ts";
import { createRelay } from "./relay.ts";

test("a host's reset reaches a worker that reads late as soon as it reads, however little was waiting", async () => {
  const directory = mkdtempSync(join(tmpdir(), "inspector-relay-"));
  const upstream = createServer();
  await once(upstream.listen(0, "127.0.0.1"), "listening");
  const { port } = upstream.address() as AddressInfo;
  const relay = await createRelay({
    listen: { host: "127.0.0.1", port: 0 },
    upstream: { host: "127.0.0.1", port },
    openJournal: () => createJournal({ directory }),
  });
  onTestFinished(async () => {
    await relay.close();
    relay.journal.close();
    upstream.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const connected = once(upstream, "connection");
  const { worker, inner } = await connectWorker(relay.address.port);
  const [host]: Socket[] = await connected;
  if (host === undefined) {
    throw new Error("no connection");
  }
  host.on("error", () => {});
  // Small writes, until the first of them waits in the relay because the worker's buffers are full.
  while (inner.writableLength === 0) {
    const before = inner.bytesWritten;
    host.write(Buffer.alloc(4096));
    while (inner.bytesWritten === before) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  expect(inner.writableNeedDrain).toBe(false);
  // The relay does not wait any longer for one that reads nothing at all: it is not what ends this.
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  host.resetAndDestroy();
  worker.on("error", () => {});
  worker.resume();
  // Whether as an error or as an end is libuv's choice: to it, a reset that comes before the last byte is read may be an end.
  await new Promise<void>((resolve) => {
    worker.once("close", () => resolve());
  });
  expect(worker.destroyed).toBe(true);
});

/** A worker that does not read yet, and the relay's own end of its connection. */
async function connectWorker(port: number): Promise<{ worker: Socket; inner: Socket }> {
  const worker = connect({ host: "127.0.0.1", port }).pause();
  await once(worker, "connect");
  for (;;) {
    const inner = openSockets().find((socket) => socket.remotePort === worker.localPort && socket.localPort === port);
    if (inner !== undefined) {
      return { worker, inner };
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Node tells of every socket of this process, though not in its documentation. */
function openSockets(): Socket[] {
  const { _getActiveHandles: list } = process as unknown as { _getActiveHandles: () => unknown[] };
  return list().filter((handle): handle is Socket => handle instanceof Socket);
}
