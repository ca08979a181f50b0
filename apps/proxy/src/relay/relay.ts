/**
 * The byte relay: one TCP connection to the host for every one a worker opens. Each chunk goes into the journal and on
 * its way, unchanged; nothing of HTTP/2 is terminated here.
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { FrameWalker, SIDE_HOST, SIDE_RELAY, SIDE_WORKER } from "@inspector/wire";
import { type Address, formatAddress } from "./address.ts";
import type { Journal, JournalEvent } from "./journal.ts";
import { createReadBuffers, type ReadBuffers, takeOver } from "./read-buffers.ts";
import { endWhenFlushed, reset, resetWhenFlushed, unlessReset } from "./socket-ends.ts";
import { answerUnavailable, describeRefusal } from "./upstream-unavailable.ts";

/** How long a host may take to accept a connection. */
const CONNECT_TIMEOUT_MS = 20_000;

export type RelayOptions = {
  readonly listen: Address;
  readonly upstream: Address;
  /** Called once the relay listens, before the first connection; `positions` describes where connections stand. */
  readonly openJournal: (address: Address, positions: () => unknown) => Journal;
};

export type Relay = {
  readonly address: Address;
  readonly journal: Journal;
  /** Records something about a process or the recording itself. */
  record(event: JournalEvent): void;
  /** Stops listening and resets what is still open, as a relay that dies would: never a clean end. */
  close(): Promise<void>;
};

type Direction = {
  readonly side: number;
  readonly from: Socket;
  readonly buffers: ReadBuffers;
  readonly to: Socket;
  readonly walker: FrameWalker;
};
type Connection = { readonly id: number; readonly directions: readonly Direction[] };

/** @throws the listener's error: EADDRINUSE, EACCES, EADDRNOTAVAIL. */
export async function createRelay({ listen, upstream, openJournal }: RelayOptions): Promise<Relay> {
  const connections = new Map<number, Connection>();
  /** Every worker's socket that is not closed, and what ends it and all that belongs to it. */
  const workers = new Map<Socket, () => void>();
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, accept);
  await listening(server, listen);
  const { address: host, port } = server.address() as AddressInfo;
  const journal = openJournal({ host, port }, () => [...connections.values()].map(positionOf));
  let lastId = 0;

  function accept(accepted: Socket): void {
    const workerBuffers = createReadBuffers();
    const hostBuffers = createReadBuffers();
    const worker = takeOver(accepted, workerBuffers);
    const id = ++lastId;
    const address = formatAddress(upstream);
    journal.event({ type: "opened", remote: formatAddress(remoteOf(worker)), upstream: address }, id, SIDE_WORKER);
    worker.on("error", () => {});
    // Until it is joined to a host nothing was said in the host's name, and an HTTP/2 session may be ending it already.
    workers.set(worker, () => worker.destroy());
    worker.once("close", () => workers.delete(worker));
    const host = connect({ ...upstream, allowHalfOpen: true, noDelay: true, onread: hostBuffers.onread });
    const timer = setTimeout(() => {
      host.destroy(Object.assign(new Error("connection timed out"), { code: "ETIMEDOUT" }));
    }, CONNECT_TIMEOUT_MS);
    const refuse = (error: Error): void => {
      clearTimeout(timer);
      const refusal = describeRefusal(address, error);
      journal.event({ type: "upstream-failed", ...refusal }, id, SIDE_HOST);
      worker.once("close", () => journal.event({ type: "closed" }, id, SIDE_WORKER));
      answerUnavailable(worker, refusal);
    };
    host.once("error", refuse);
    host.once("connect", () => {
      clearTimeout(timer);
      host.off("error", refuse);
      const directions: readonly Direction[] = [
        { side: SIDE_WORKER, from: worker, buffers: workerBuffers, to: host, walker: new FrameWalker("worker") },
        { side: SIDE_HOST, from: host, buffers: hostBuffers, to: worker, walker: new FrameWalker("host") },
      ];
      workers.set(worker, () => {
        for (const { from } of directions) reset(from);
      });
      join(id, directions);
    });
  }

  function join(id: number, directions: readonly Direction[]): void {
    let open = directions.length;
    connections.set(id, { id, directions });
    for (const direction of directions) {
      pump(id, direction);
      direction.from.resume();
      direction.from.once("close", () => {
        open -= 1;
        if (open > 0) return;
        connections.delete(id);
        journal.event({ type: "closed" }, id, SIDE_RELAY);
      });
    }
  }

  function pump(id: number, { side, from, buffers, to, walker }: Direction): void {
    buffers.onData = (buffer, bytes) => {
      journal.append(id, side, buffer, bytes);
      walker.walk(buffer.payload, 0, bytes);
      const hasRoom = to.write(buffer.payload.subarray(0, bytes));
      if (to.writableLength === 0) return;
      // Not all of it left at once: until it has, nothing may be read over it.
      buffers.keep();
      to.write("", () => buffers.giveBack(buffer));
      if (!hasRoom) from.pause();
    };
    to.on("drain", () => from.resume());
    from.on("end", () => {
      unlessReset(from, () => {
        journal.event({ type: "half-closed" }, id, side);
        endWhenFlushed(to);
      });
    });
    from.on("error", (error: NodeJS.ErrnoException) => {
      if (to.destroyed) return;
      journal.event({ type: "reset", code: error.code ?? error.message }, id, side);
      resetWhenFlushed(to);
    });
    from.on("close", () => {
      // Closed without FIN and without an error: nothing will come any more, so the other side must not wait for it.
      if (!from.readableEnded && !to.destroyed) resetWhenFlushed(to);
    });
  }

  return {
    address: { host, port },
    journal,
    record: (event) => journal.event(event),
    async close() {
      server.close();
      const closed = [...workers.keys()].map((worker) => new Promise((resolve) => worker.once("close", resolve)));
      for (const end of workers.values()) end();
      await Promise.all(closed);
    },
  };
}

function positionOf({ id, directions }: Connection): unknown {
  return {
    connection: id,
    worker: directions.find((one) => one.side === SIDE_WORKER)?.walker.position(),
    host: directions.find((one) => one.side === SIDE_HOST)?.walker.position(),
  };
}

function listening(server: Server, { host, port }: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function remoteOf(socket: Socket): Address {
  return { host: socket.remoteAddress ?? "?", port: socket.remotePort ?? 0 };
}
