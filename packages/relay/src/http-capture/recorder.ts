/**
 * Records what a host sends to a worker's own HTTP server (capability HttpUri) beside the stream: a byte relay in front of
 * that server, into the journal of the relay that the worker's stream passes through.
 */
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { FIRST_HTTP_CONNECTION, SIDE_HOST, SIDE_RELAY, SIDE_WORKER } from "@inspector/wire/journal";
import { type Address, formatAddress } from "../address.ts";
import { CountedEvents } from "../counted-events.ts";
import { ConnectionBudget } from "../descriptors.ts";
import type { IsRewritable, Rewrite } from "../intervene/rewrite.ts";
import type { Journal } from "../journal.ts";
import { join, type Pipe } from "../pump.ts";
import { createReadBuffers, type ReadBuffers, takeOver } from "../read-buffers.ts";
import { reset, resetAll } from "../socket-ends.ts";
import { httpUriOf, replaceHttpUri } from "./http-uri.ts";

/** As patient as the host would be with the worker itself: so many attempts, 50 ms apart at first and 250 ms at last. */
const CONNECT_TRIES = 10;
const FIRST_DELAY_MS = 50;
const LAST_DELAY_MS = 250;

export type HttpRecorder = {
  /** For the relay: stands between the host and the HTTP server that a message declares, and puts our address into it. */
  readonly rewrite: Rewrite;
  /** Whether a message declares an HTTP server. */
  readonly isRewritable: IsRewritable;
  /** A worker's connection has ended: nobody connects to its HTTP server any more. What is under way goes on. */
  forget(connection: number): void;
  /** Stops listening and resets what is open. */
  close(): Promise<void>;
};

type Listener = { readonly connection: number; readonly uri: Promise<string>; stop(): void };

/** @param budget of all connections of the process */
export function createHttpRecorder(journal: Journal, budget = new ConnectionBudget()): HttpRecorder {
  const listeners = new Map<string, Listener>();
  /** Every accepted socket that is not closed, and what it is joined to. */
  const hosts = new Map<Socket, Socket | undefined>();
  const counted = new CountedEvents((event) => journal.event(event));
  let lastId = FIRST_HTTP_CONNECTION - 1;
  let isClosed = false;

  function listen(worker: Address, uri: URL, connection: number): Listener {
    const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (accepted) =>
      accept(accepted, worker, connection),
    );
    const opened = new Promise<string>((resolve) => {
      server.once("error", (error) => {
        const { message } = error;
        journal.event({ type: "http-capture-failed", worker: uri.href, message }, connection, SIDE_RELAY);
        resolve("");
      });
      server.listen({ host: "127.0.0.1", port: 0 }, () => {
        const { port } = server.address() as AddressInfo;
        const address = `127.0.0.1:${port}`;
        journal.event({ type: "http-capture", worker: uri.href, address }, connection, SIDE_RELAY);
        resolve(address);
      });
    });
    return { connection, uri: opened, stop: () => server.close() };
  }

  function accept(accepted: Socket, address: Address, of: number): void {
    if (!budget.take()) {
      accepted.destroy();
      counted.add("connections-refused", { type: "connections-refused", limit: budget.limit });
      return;
    }
    const buffers = createReadBuffers();
    const host = takeOver(accepted, buffers);
    lastId += 1;
    const id = lastId;
    const remote = formatAddress({ host: host.remoteAddress ?? "?", port: host.remotePort ?? 0 });
    journal.event({ type: "opened", remote, upstream: formatAddress(address), of }, id, SIDE_HOST);
    host.on("error", () => {});
    const closed = (): void => journal.event({ type: "closed" }, id, SIDE_RELAY);
    host.once("close", closed);
    hosts.set(host, undefined);
    host.once("close", () => {
      hosts.delete(host);
      budget.giveBack();
    });
    const workerBuffers = createReadBuffers();
    connectPatiently(address, workerBuffers, () => hosts.has(host)).then(
      (worker) => {
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

  /** The worker's address with a host and port of ours, or as it is where that cannot be. */
  async function capture(uri: string, connection: number): Promise<string> {
    const url = URL.canParse(uri) ? new URL(uri) : undefined;
    // Of what is encrypted only the two who speak would know what it says.
    if (isClosed || url?.protocol !== "http:" || url.hostname === "") {
      return uri;
    }
    const key = `${connection} ${url.host}`;
    const worker = { host: url.hostname.replaceAll(/^\[|\]$/gu, ""), port: Number(url.port || 80) };
    const listener = listeners.get(key) ?? listen(worker, url, connection);
    listeners.set(key, listener);
    const address = await listener.uri;
    return address === "" ? uri : withAddress(uri, address);
  }

  return {
    isRewritable: (message) => httpUriOf(message) !== undefined,
    async rewrite({ connection }, message) {
      const uri = httpUriOf(message);
      if (uri === undefined) {
        return undefined;
      }
      const ours = await capture(uri, connection);
      return ours === uri ? undefined : replaceHttpUri(message, (declared) => (declared === uri ? ours : undefined));
    },
    forget(connection) {
      for (const [key, listener] of listeners) {
        if (listener.connection !== connection) {
          continue;
        }
        listener.stop();
        listeners.delete(key);
      }
    },
    async close() {
      isClosed = true;
      for (const { stop } of listeners.values()) {
        stop();
      }
      listeners.clear();
      await resetAll([...hosts].flatMap(([host, worker]) => (worker === undefined ? [host] : [host, worker])));
      counted.close();
    },
  };
}

/** Everything but host and port as the worker wrote it. */
function withAddress(uri: string, address: string): string {
  return uri.replace(/^([a-z]+:\/\/(?:[^/?#@]*@)?)[^/?#]*/iu, (_, before: string) => `${before}${address}`);
}

async function connectPatiently(address: Address, buffers: ReadBuffers, isWanted: () => boolean): Promise<Socket> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await connectOnce(address, buffers);
    } catch (error) {
      if (attempt >= CONNECT_TRIES || !isWanted()) {
        throw error;
      }
      await sleep(Math.min(FIRST_DELAY_MS * attempt, LAST_DELAY_MS));
    }
  }
}

function connectOnce(address: Address, { onread }: ReadBuffers): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...address, allowHalfOpen: true, noDelay: true, onread });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      // Nothing may come before it is joined: its bytes have to be recorded.
      socket.pause();
      resolve(socket);
    });
  });
}
