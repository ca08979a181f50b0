/**
 * The byte relay: one TCP connection to the host for every one a worker opens. Each chunk goes into the journal and on
 * its way, unchanged; nothing of HTTP/2 is terminated here.
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { FrameWalker, SIDE_HOST, SIDE_WORKER } from "@inspector/wire";
import { type Address, formatAddress } from "./address.ts";
import type { Rewrite } from "./intervene/rewrite.ts";
import type { Journal, JournalEvent } from "./journal.ts";
import { join, type Pipe } from "./pump.ts";
import { createReadBuffers, takeOver } from "./read-buffers.ts";
import { reset } from "./socket-ends.ts";
import { answerUnavailable, describeRefusal } from "./upstream-unavailable.ts";

/** How long a host may take to accept a connection. */
const CONNECT_TIMEOUT_MS = 20_000;

export type RelayOptions = {
  readonly listen: Address;
  readonly upstream: Address;
  /** Called once the relay listens, before the first connection; `positions` describes where connections stand. */
  readonly openJournal: (address: Address, positions: () => unknown) => Journal;
  readonly rewrite?: Rewrite;
  /** Both sides of a connection have closed it. */
  readonly onClosed?: (connection: number) => void;
};

export type Relay = {
  readonly address: Address;
  readonly journal: Journal;
  /** Records something about a process or the recording itself. */
  record(event: JournalEvent): void;
  /** Stops listening and resets what is still open, as a relay that dies would: never a clean end. */
  close(): Promise<void>;
};

type Connection = { readonly id: number; readonly worker: FrameWalker; readonly host: FrameWalker };

/** @throws the listener's error: EADDRINUSE, EACCES, EADDRNOTAVAIL. */
export async function createRelay({ listen, upstream, openJournal, onClosed }: RelayOptions): Promise<Relay> {
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
      const walkers = { worker: new FrameWalker("worker"), host: new FrameWalker("host") };
      const pipes: readonly Pipe[] = [
        { side: SIDE_WORKER, from: worker, buffers: workerBuffers, to: host, look: walkWith(walkers.worker) },
        { side: SIDE_HOST, from: host, buffers: hostBuffers, to: worker, look: walkWith(walkers.host) },
      ];
      workers.set(worker, () => {
        for (const { from } of pipes) reset(from);
      });
      connections.set(id, { id, ...walkers });
      join(journal, id, pipes, () => {
        connections.delete(id);
        onClosed?.(id);
      });
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

function walkWith(walker: FrameWalker): (chunk: Buffer, bytes: number) => void {
  return (chunk, bytes) => walker.walk(chunk, 0, bytes);
}

function positionOf({ id, worker, host }: Connection): unknown {
  return { connection: id, worker: worker.position(), host: host.position() };
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
