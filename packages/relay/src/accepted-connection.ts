/** What becomes of a connection that a worker opens, until its bytes pass both ways. */
import { connect, type Socket } from "node:net";
import { SIDE_HOST, SIDE_RELAY, SIDE_WORKER } from "@inspector/wire/journal";
import { type Address, formatAddress } from "./address.ts";
import type { Journal } from "./journal.ts";
import { join, type Pipe } from "./pump.ts";
import { createReadBuffers, type ReadBuffer, type ReadBuffers, takeOver } from "./read-buffers.ts";
import { resetAll } from "./socket-ends.ts";
import { answerUnavailable, describeRefusal } from "./upstream-unavailable.ts";

/** How long a host may take to accept a connection. */
const CONNECT_TIMEOUT_MS = 20_000;
/** A worker speaks first, and at once. Who is silent for longer may wait for the host to speak, so the host is dialled. */
const SILENT_MS = 250;

/** Both ends of a connection that was joined, and what has to know of its end. */
export type JoinedSockets = {
  readonly id: number;
  readonly worker: Socket;
  readonly workerBuffers: ReadBuffers;
  readonly host: Socket;
  readonly hostBuffers: ReadBuffers;
};

/** How bytes pass between two sockets that were joined. */
export type Passage = { readonly pipes: readonly Pipe[]; readonly onClosed: () => void };

/** What a connection needs of the relay that accepted it. */
export type AcceptedConnectionOptions = {
  readonly upstream: Address;
  readonly journal: Journal;
  readonly nextId: () => number;
  /** Whether an address is the one that the relay itself listens on. */
  readonly isOwn: (remote: Address) => boolean;
  readonly openPassage: (sockets: JoinedSockets) => Passage;
  /** It closed before it said anything; no host was dialled for it and it has no number. */
  readonly onProbe: () => void;
  readonly onRefused: (error: NodeJS.ErrnoException) => void;
  /** The worker's socket is closed. */
  readonly onClosed: () => void;
};

/**
 * One connection that a worker opened.
 *
 * States, and what leaves them:
 * - `silent`: nothing came yet. The first bytes, or SILENT_MS without any, lead to `dialling`; an end or a reset to `closed`.
 * - `dialling`: the host is being connected to, and what the worker said waits. Leads to `joined`, `refused`, or `closed`
 *   when the worker resets the connection meanwhile.
 * - `joined`: bytes pass both ways, until both sides have closed.
 * - `refused`: the host could not be reached. The worker's calls are answered with UNAVAILABLE until it leaves.
 * - `closed`.
 */
export class AcceptedConnection {
  readonly #options: AcceptedConnectionOptions;
  readonly #worker: Socket;
  readonly #workerBuffers = createReadBuffers();
  #host: Socket | undefined;
  #state: "silent" | "dialling" | "joined" | "refused" | "closed" = "silent";
  /** The first bytes, which came before there was a host. */
  #first: { readonly buffer: ReadBuffer; readonly bytes: number } | undefined;
  #id = 0;
  #timer: NodeJS.Timeout;

  /** @param accepted as a server with `pauseOnConnect` and `allowHalfOpen` hands it over */
  constructor(accepted: Socket, options: AcceptedConnectionOptions) {
    this.#options = options;
    this.#worker = takeOver(accepted, this.#workerBuffers);
    this.#worker.on("error", () => {});
    this.#worker.once("close", () => this.#workerClosed());
    this.#worker.once("end", () => this.#workerEnded());
    // Where this process did not run for a while, what came meanwhile is heard first.
    this.#timer = setTimeout(() => setImmediate(() => this.#wasSilent()), SILENT_MS);
    this.#workerBuffers.onData = (buffer, bytes) => {
      this.#workerBuffers.keep();
      this.#worker.pause();
      this.#first = { buffer, bytes };
      this.#dial();
    };
    this.#worker.resume();
  }

  get isClosed(): boolean {
    return this.#state === "closed";
  }

  /** Resets both sides; never a clean end, which could be taken for one of the host's. */
  async close(): Promise<void> {
    if (this.isClosed) {
      return;
    }
    await resetAll(this.#state === "joined" && this.#host !== undefined ? [this.#worker, this.#host] : [this.#worker]);
  }

  #wasSilent(): void {
    if (!this.#worker.readableEnded) {
      this.#dial();
    }
  }

  #dial(): void {
    if (this.#state !== "silent") {
      return;
    }
    clearTimeout(this.#timer);
    const { journal, upstream, nextId } = this.#options;
    this.#state = "dialling";
    this.#worker.pause();
    this.#id = nextId();
    const remote = formatAddress({ host: this.#worker.remoteAddress ?? "?", port: this.#worker.remotePort ?? 0 });
    journal.event({ type: "opened", remote, upstream: formatAddress(upstream) }, this.#id, SIDE_WORKER);
    const hostBuffers = createReadBuffers();
    const host = connect({ ...upstream, allowHalfOpen: true, noDelay: true, onread: hostBuffers.onread });
    this.#host = host;
    this.#timer = setTimeout(() => {
      host.destroy(Object.assign(new Error("connection timed out"), { code: "ETIMEDOUT" }));
    }, CONNECT_TIMEOUT_MS);
    const refuse = (error: NodeJS.ErrnoException): void => this.#refuse(error);
    host.once("error", refuse);
    host.once("connect", () => {
      host.off("error", refuse);
      const reached = { host: host.remoteAddress ?? "", port: host.remotePort ?? 0 };
      if (this.#options.isOwn(reached)) {
        host.destroy();
        this.#refuse(Object.assign(new Error("it is the inspector itself"), { code: "ELOOP" }));
      } else {
        this.#join(host, hostBuffers);
      }
    });
  }

  #join(host: Socket, hostBuffers: ReadBuffers): void {
    clearTimeout(this.#timer);
    if (this.#state !== "dialling") {
      host.destroy();
      return;
    }
    this.#state = "joined";
    const sockets = { id: this.#id, worker: this.#worker, workerBuffers: this.#workerBuffers, host, hostBuffers };
    const { pipes, onClosed } = this.#options.openPassage(sockets);
    join(this.#options.journal, this.#id, pipes, onClosed);
    if (this.#first !== undefined) {
      this.#workerBuffers.onData(this.#first.buffer, this.#first.bytes);
      this.#first = undefined;
    }
  }

  #refuse(error: NodeJS.ErrnoException): void {
    clearTimeout(this.#timer);
    if (this.#state !== "dialling") {
      return;
    }
    this.#state = "refused";
    const refusal = describeRefusal(formatAddress(this.#options.upstream), error);
    this.#options.journal.event({ type: "upstream-failed", ...refusal }, this.#id, SIDE_HOST);
    this.#options.onRefused(error);
    const said = this.#first === undefined ? [] : [this.#first.buffer.payload.subarray(0, this.#first.bytes)];
    this.#first = undefined;
    answerUnavailable(this.#worker, this.#workerBuffers, said, refusal);
  }

  #workerEnded(): void {
    if (this.#state === "silent") {
      clearTimeout(this.#timer);
      this.#worker.end();
    }
  }

  #workerClosed(): void {
    clearTimeout(this.#timer);
    const { journal, onProbe, onClosed } = this.#options;
    switch (this.#state) {
      case "silent":
        onProbe();
        break;
      case "dialling":
        this.#host?.destroy();
        journal.event({ type: "closed" }, this.#id, SIDE_RELAY);
        break;
      case "refused":
        journal.event({ type: "closed" }, this.#id, SIDE_WORKER);
        break;
      default: // Of a joined connection the pipes record the end.
    }
    this.#state = "closed";
    onClosed();
  }
}
