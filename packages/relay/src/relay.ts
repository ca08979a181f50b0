/**
 * The byte relay: one TCP connection to the host for every one a worker opens. Each chunk goes into the journal and on
 * its way, unchanged; nothing of HTTP/2 is terminated here.
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { InterventionReport } from "@inspector/contract/intervention-lines";
import { SIDE_HOST, SIDE_WORKER } from "@inspector/wire/journal";
import { type Address, formatAddress } from "./address.ts";
import { InterveningConnection } from "./intervene/connection.ts";
import { createOrders, type Orders } from "./intervene/orders.ts";
import type { Rewrite } from "./intervene/rewrite.ts";
import { type Journal, type JournalEvent, now } from "./journal.ts";
import { join, type Pipe, type Watch } from "./pump.ts";
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
  /** Asked of every message that it is about, on every connection; absent: nothing is rewritten. */
  readonly rewrite?: Rewrite;
  /** Looks at what comes, on every connection; absent: nobody does. */
  readonly watch?: Watch;
  /** Both sides of a connection have closed it. */
  readonly onClosed?: (connection: number) => void;
};

export type Relay = {
  readonly address: Address;
  readonly journal: Journal;
  /** Records something about a process or the recording itself. */
  record(event: JournalEvent): void;
  /** Takes orders to intervene, and tells what came of them, until they are ended. One hub at a time. */
  takeOrders(report: (report: InterventionReport) => void): Orders;
  /** Stops listening and resets what is still open, as a relay that dies would: never a clean end. */
  close(): Promise<void>;
};

/** @throws the listener's error: EADDRINUSE, EACCES, EADDRNOTAVAIL. */
export async function createRelay(options: RelayOptions): Promise<Relay> {
  const { listen, upstream, openJournal, onClosed, rewrite, watch } = options;
  const connections = new Map<number, InterveningConnection>();
  /** Every worker's socket that is not closed, and what ends it and all that belongs to it. */
  const workers = new Map<Socket, () => void>();
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, accept);
  await listening(server, listen);
  const { address: host, port } = server.address() as AddressInfo;
  const journal = openJournal({ host, port }, () => [...connections].map(positionOf));
  let lastId = 0;
  let lastHeld = 0;
  let report: (report: InterventionReport) => void = () => {};

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
      const streams = intervening(id, worker, host);
      const look = watch?.(id);
      const pipes: readonly Pipe[] = [
        {
          side: SIDE_WORKER,
          from: worker,
          buffers: workerBuffers,
          to: host,
          look: look && ((chunk, bytes) => look("worker", chunk, bytes)),
          take: (chunk, bytes) => streams.push("worker", chunk, bytes),
          afterWaiting: (passEnd) => streams.afterWaiting("worker", passEnd),
        },
        {
          side: SIDE_HOST,
          from: host,
          buffers: hostBuffers,
          to: worker,
          look: look && ((chunk, bytes) => look("host", chunk, bytes)),
          take: (chunk, bytes) => streams.push("host", chunk, bytes),
          afterWaiting: (passEnd) => streams.afterWaiting("host", passEnd),
        },
      ];
      workers.set(worker, () => {
        for (const socket of [worker, host]) {
          reset(socket);
        }
      });
      connections.set(id, streams);
      join(journal, id, pipes, () => {
        connections.delete(id);
        streams.close();
        onClosed?.(id);
      });
    });
  }

  function intervening(id: number, worker: Socket, host: Socket): InterveningConnection {
    return new InterveningConnection({
      id,
      rewrite,
      write: (to, pieces) => writeAll(to === "host" ? host : worker, pieces),
      record: (event, side) => journal.event(event, id, side === "host" ? SIDE_HOST : SIDE_WORKER),
      report: (said) => report(said),
      // Both sides learn that it is over, rather than read on where something may be missing.
      broken: () => {
        for (const socket of [worker, host]) {
          reset(socket);
        }
      },
      nextHeldId: () => ++lastHeld,
      nanos: now,
    });
  }

  return {
    address: { host, port },
    journal,
    record: (event) => journal.event(event),
    takeOrders(callback) {
      report = callback;
      return createOrders({
        find: (id) => connections.get(id),
        all: () => connections.values(),
        report: callback,
      });
    },
    async close() {
      server.close();
      const closed = [...workers.keys()].map((worker) => new Promise((resolve) => worker.once("close", resolve)));
      for (const end of workers.values()) {
        end();
      }
      await Promise.all(closed);
    },
  };
}

function writeAll(socket: Socket, pieces: readonly Uint8Array[]): void {
  if (socket.destroyed || socket.writableEnded) {
    return;
  }
  if (pieces.length > 1) {
    socket.cork();
  }
  for (const piece of pieces) {
    socket.write(piece);
  }
  if (pieces.length > 1) {
    socket.uncork();
  }
}

function positionOf([id, streams]: readonly [number, InterveningConnection]): unknown {
  return { connection: id, worker: streams.position("worker"), host: streams.position("host") };
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
