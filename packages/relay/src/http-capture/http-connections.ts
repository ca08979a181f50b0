/** Connections that carry HTTP/1.1 from a host to a server of a worker's: bytes into the journal and on their way. */
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { FIRST_HTTP_CONNECTION, SIDE_HOST, SIDE_RELAY, SIDE_WORKER } from "@inspector/wire/journal";
import { type Address, formatAddress } from "../address.ts";
import { CountedEvents } from "../counted-events.ts";
import type { ConnectionBudget } from "../descriptors.ts";
import type { Journal } from "../journal.ts";
import { join, type Pipe } from "../pump.ts";
import { createReadBuffers, type ReadBuffers, takeOver } from "../read-buffers.ts";
import { reset, resetAll } from "../socket-ends.ts";

/** As patient as the host would be with the worker itself: so many attempts, 50 ms apart at first and 250 ms at last. */
const CONNECT_TRIES = 10;
const FIRST_DELAY_MS = 50;
const LAST_DELAY_MS = 250;

/** A socket to the worker's server, paused, whose bytes come into its buffers. */
export type WorkerSocket = { readonly socket: Socket; readonly buffers: ReadBuffers };

/** A worker's HTTP server, and how it is reached. */
export type HttpDestination = {
  readonly address: Address;
  /** The connection of the journal that this one belongs to. */
  readonly of: number;
  /** The host's end of a connection is closed. */
  readonly onClosed?: (() => void) | undefined;
  /** @param isWanted whether the host is still there */
  dial(isWanted: () => boolean): Promise<WorkerSocket>;
};

/** Joins connections of a host to a worker's HTTP server, each under a number of its own, until both ends are closed. */
export class HttpConnections {
  readonly #journal: Journal;
  readonly #budget: ConnectionBudget;
  readonly #counted: CountedEvents;
  /** Every accepted socket that is not closed, and what it is joined to. */
  readonly #hosts = new Map<Socket, Socket | undefined>();
  #lastId = FIRST_HTTP_CONNECTION - 1;

  constructor(journal: Journal, budget: ConnectionBudget) {
    this.#journal = journal;
    this.#budget = budget;
    this.#counted = new CountedEvents((event) => journal.event(event));
  }

  /** @param accepted a socket that nothing was read from */
  accept(accepted: Socket, destination: HttpDestination): void {
    const [journal, hosts] = [this.#journal, this.#hosts];
    if (!this.#budget.take()) {
      accepted.destroy();
      this.#counted.add("connections-refused", { type: "connections-refused", limit: this.#budget.limit });
      return;
    }
    const buffers = createReadBuffers();
    const host = takeOver(accepted, buffers);
    this.#lastId += 1;
    const id = this.#lastId;
    const remote = formatAddress({ host: host.remoteAddress ?? "?", port: host.remotePort ?? 0 });
    const { address, of } = destination;
    journal.event({ type: "opened", remote, upstream: formatAddress(address), of }, id, SIDE_HOST);
    host.on("error", () => {});
    const closed = (): void => journal.event({ type: "closed" }, id, SIDE_RELAY);
    host.once("close", closed);
    hosts.set(host, undefined);
    host.once("close", () => {
      hosts.delete(host);
      this.#budget.giveBack();
      destination.onClosed?.();
    });
    destination
      .dial(() => hosts.has(host))
      .then(
        ({ socket: worker, buffers: workerBuffers }) => {
          if (host.destroyed) {
            worker.destroy();
            return;
          }
          const pipes: readonly Pipe[] = [
            { side: SIDE_HOST, from: host, buffers, to: worker },
            { side: SIDE_WORKER, from: worker, buffers: workerBuffers, to: host },
          ];
          host.off("close", closed);
          hosts.set(host, worker);
          join(journal, id, pipes, () => {});
        },
        (error: Error) => {
          journal.event({ type: "upstream-failed", message: error.message }, id, SIDE_WORKER);
          reset(host);
        },
      );
  }

  /** Resets what is open. */
  async close(): Promise<void> {
    await resetAll([...this.#hosts].flatMap(([host, worker]) => (worker === undefined ? [host] : [host, worker])));
    this.#counted.close();
  }
}

export async function dialPatiently(address: Address, isWanted: () => boolean): Promise<WorkerSocket> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await dialOnce(address);
    } catch (error) {
      if (attempt >= CONNECT_TRIES || !isWanted()) {
        throw error;
      }
      await sleep(Math.min(FIRST_DELAY_MS * attempt, LAST_DELAY_MS));
    }
  }
}

/** Connects to a server; the socket comes paused. @throws the socket's error */
export function dialOnce(address: Address): Promise<WorkerSocket> {
  const buffers = createReadBuffers();
  return new Promise((resolve, reject) => {
    const socket = connect({ ...address, allowHalfOpen: true, noDelay: true, onread: buffers.onread });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      // Nothing may come before it is joined: its bytes have to be recorded.
      socket.pause();
      resolve({ socket, buffers });
    });
  });
}
