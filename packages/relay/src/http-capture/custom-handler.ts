/** A custom handler: the relay listens where its host looks for it, and the handler listens elsewhere. */
import { type AddressInfo, createServer, type Server } from "node:net";
import { FIRST_HANDLER_CONNECTION, SIDE_RELAY } from "@inspector/wire/journal";
import { type Address, formatAddress } from "../address.ts";
import type { Journal } from "../journal.ts";
import { dialOnce, type HttpConnections, type WorkerSocket } from "./http-connections.ts";

const LOOPBACK = "127.0.0.1";
/** How often it is looked whether the handler listens: hosts ask every 25 ms. */
const LOOK_MS = 20;

export type HandlerOptions = {
  /** Where the host looks for the handler. Nobody listens there yet. */
  readonly port: number;
  /** Recorded with the beginning: which handler it is, and what its app has. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** A connection of the host has ended: it may be gone. */
  readonly onHostEnded?: () => void;
};

export type HandlerRoute = {
  /** Where the handler is to listen. */
  readonly address: Address;
  /** The handler has ended: nobody is let through any more. What is under way goes on. */
  close(): void;
};

/**
 * States, and what leaves them:
 * - `waiting`: the handler does not listen yet, and nor does the relay: its host is refused, as it would be by the handler.
 *   The first connection that the handler accepts leads to `open`.
 * - `open`: what the host sends goes to the handler, what comes first on the connection that has waited for it.
 * - `closed`: by {@link close}, from both.
 */
export class CustomHandler implements HandlerRoute {
  readonly address: Address;
  readonly #id: number;
  readonly #options: HandlerOptions;
  readonly #journal: Journal;
  readonly #connections: HttpConnections;
  #state: "waiting" | "open" | "closed" = "waiting";
  #waiting: WorkerSocket | undefined;
  #server: Server | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(id: number, address: Address, options: HandlerOptions, journal: Journal, connections: HttpConnections) {
    this.#id = FIRST_HANDLER_CONNECTION + id;
    this.address = address;
    this.#options = options;
    this.#journal = journal;
    this.#connections = connections;
    const handler = { ...options.facts, address: formatAddress({ host: LOOPBACK, port: options.port }) };
    journal.event({ type: "opened", upstream: formatAddress(address), handler }, this.#id, SIDE_RELAY);
    void this.#look();
  }

  close(): void {
    if (this.#state === "closed") {
      return;
    }
    this.#state = "closed";
    clearTimeout(this.#timer);
    this.#server?.close();
    this.#waiting?.socket.destroy();
    this.#journal.event({ type: "closed" }, this.#id, SIDE_RELAY);
  }

  async #look(): Promise<void> {
    try {
      const found = await dialOnce(this.address);
      found.socket.on("error", () => {});
      if (this.#state === "closed") {
        found.socket.destroy();
        return;
      }
      this.#waiting = found;
      this.#listen();
    } catch {
      if (this.#state === "waiting") {
        this.#timer = setTimeout(() => void this.#look(), LOOK_MS);
      }
    }
  }

  #listen(): void {
    this.#state = "open";
    const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (accepted) =>
      this.#connections.accept(accepted, {
        address: this.address,
        of: this.#id,
        onClosed: this.#options.onHostEnded,
        // Without us the host would be refused at once by a handler that does not listen any more.
        dial: () => this.#dial(),
      }),
    );
    this.#server = server;
    server.once("error", ({ message }) => {
      const worker = formatAddress(this.address);
      this.#journal.event({ type: "http-capture-failed", worker, message }, this.#id, SIDE_RELAY);
    });
    server.listen({ host: LOOPBACK, port: this.#options.port });
  }

  #dial(): Promise<WorkerSocket> {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    return waiting === undefined || waiting.socket.destroyed ? dialOnce(this.address) : Promise.resolve(waiting);
  }
}

/** An address where nobody listens. Another program may take it before the handler does, as with the host's own choice. */
export function unusedAddress(): Promise<Address> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: LOOPBACK, port: 0 }, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve({ host: LOOPBACK, port }));
    });
  });
}
