/** A hub, as the relay hears it on a line. */
import type { Socket } from "node:net";
import type { InterventionReport } from "@inspector/contract/intervention-lines";
import { type FromRelay, PING_MS, PONG_LIMIT_MS, parseFromHub, type RelayState } from "@inspector/contract/relay-line";
import { AwakeTimer } from "./awake-timer.ts";
import type { Orders } from "./intervene/orders.ts";
import { Line } from "./line.ts";

/** Reports that may wait for the hub. */
const MAX_WAITING = 64 * 1024 * 1024;
/** Beyond this a held message is reported without its bytes, as one is that is larger than is shown. */
const MAX_WAITING_WITH_MESSAGES = 32 * 1024 * 1024;

/** Hears of the desks on the line, by the numbers of their processes. */
export type DeskWatch = {
  readonly up: (pid: number) => void;
  /** It hung up, or its process ended. */
  readonly down: (pid: number) => void;
  /** It does not answer; what was held for it goes on. */
  readonly silent: (pid: number) => void;
};

/** What one line to a hub needs of the relay. */
export type HubPeerOptions = {
  readonly takeOrders: (report: (report: InterventionReport) => void) => Orders;
  readonly onCommitted: (segment: number) => void;
  readonly desks: DeskWatch;
  readonly onClosed: () => void;
};

/**
 * States, and what leaves them:
 * - `unnamed`: it has dialled. Its hello leads to `ingest` or `desk`.
 * - `ingest`: it says what is committed.
 * - `desk`: it gives orders, and is pinged. PONG_LIMIT_MS without a pong or an order lead to `closed`.
 * - `closed`: the line is gone, and all that was held for it goes on.
 */
export class HubPeer {
  readonly #options: HubPeerOptions;
  readonly #line: Line<FromRelay>;
  readonly #silence: AwakeTimer;
  #state: "unnamed" | "ingest" | "desk" | "closed" = "unnamed";
  #orders: Orders | undefined;
  #pings: NodeJS.Timeout | undefined;
  #ping = 0;
  #pid = 0;

  constructor(socket: Socket, options: HubPeerOptions) {
    this.#options = options;
    this.#line = new Line(socket, { maxWaiting: MAX_WAITING, onMessage: (message) => this.#take(message) });
    this.#silence = new AwakeTimer(PONG_LIMIT_MS, () => this.#isSilent());
    socket.once("close", () => this.#closed());
  }

  tell(state: RelayState): void {
    this.#line.send(state);
  }

  close(): void {
    this.#line.close();
  }

  #take(message: unknown): void {
    const said = parseFromHub(message);
    if (said === undefined) {
      return;
    }
    if (this.#state === "desk") {
      // A pong may wait behind orders of many megabytes: whoever gives orders is not silent.
      this.#silence.start();
    }
    if ("hello" in said) {
      if (this.#state === "desk") {
        return; // It is counted once, as it goes once.
      }
      this.#state = said.hello;
      this.#pid = said.pid;
      if (said.hello === "desk") {
        this.#options.desks.up(said.pid);
        this.#silence.start();
        this.#pings ??= setInterval(() => this.#line.send({ ping: ++this.#ping }), PING_MS).unref();
      }
    } else if ("committed" in said) {
      this.#options.onCommitted(said.committed);
    } else if (this.#state === "desk" && "order" in said) {
      this.#orders ??= this.#options.takeOrders((report) => this.#report(report));
      this.#orders.take(said);
    }
  }

  #report(report: InterventionReport): void {
    if (report.report === "held" && this.#line.waiting > MAX_WAITING_WITH_MESSAGES) {
      const { message: _, ...rest } = report;
      this.#line.send(rest);
    } else {
      this.#line.send(report);
    }
  }

  #isSilent(): void {
    this.#line.close();
    this.#closed();
    this.#options.desks.silent(this.#pid);
  }

  #closed(): void {
    if (this.#state === "closed") {
      return;
    }
    const wasDesk = this.#state === "desk";
    this.#state = "closed";
    clearInterval(this.#pings);
    this.#silence.stop();
    this.#orders?.end();
    if (wasDesk) {
      this.#options.desks.down(this.#pid);
    }
    this.#options.onClosed();
  }
}
