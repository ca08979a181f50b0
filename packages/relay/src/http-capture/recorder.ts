/**
 * Records what a host sends to a worker's own HTTP server (capability HttpUri) beside the stream: a byte relay in front of
 * that server, into the journal of the relay that the worker's stream passes through.
 */
import { type AddressInfo, createServer } from "node:net";
import { SIDE_RELAY } from "@inspector/wire/journal";
import type { Address } from "../address.ts";
import { ConnectionBudget } from "../descriptors.ts";
import type { IsRewritable, Rewrite } from "../intervene/rewrite.ts";
import type { Journal } from "../journal.ts";
import { CustomHandler, type HandlerOptions, type HandlerRoute, unusedAddress } from "./custom-handler.ts";
import { dialPatiently, HttpConnections } from "./http-connections.ts";
import { httpUriOf, replaceHttpUri } from "./http-uri.ts";

export type HttpRecorder = {
  /** For the relay: stands between the host and the HTTP server that a message declares, and puts our address into it. */
  readonly rewrite: Rewrite;
  /** Whether a message declares an HTTP server. */
  readonly isRewritable: IsRewritable;
  /** A worker's connection has ended: nobody connects to its HTTP server any more. What is under way goes on. */
  forget(connection: number): void;
  /** Stands between a host and a custom handler that is about to be started. @throws where no port is free */
  openHandler(options: HandlerOptions): Promise<HandlerRoute>;
  /** Stops listening and resets what is open. */
  close(): Promise<void>;
};

type Listener = { readonly connection: number; readonly uri: Promise<string>; stop(): void };

/** @param budget of all connections of the process */
export function createHttpRecorder(journal: Journal, budget = new ConnectionBudget()): HttpRecorder {
  const listeners = new Map<string, Listener>();
  const handlers = new Set<CustomHandler>();
  const connections = new HttpConnections(journal, budget);
  let handlerCount = 0;
  let isClosed = false;

  function listen(worker: Address, uri: URL, connection: number): Listener {
    const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (accepted) =>
      connections.accept(accepted, {
        address: worker,
        of: connection,
        dial: (isWanted) => dialPatiently(worker, isWanted),
      }),
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
    async openHandler(options) {
      const address = await unusedAddress();
      const handler = new CustomHandler(handlerCount++, address, options, journal, connections);
      handlers.add(handler);
      return {
        address,
        close() {
          handler.close();
          handlers.delete(handler);
        },
      };
    },
    async close() {
      isClosed = true;
      for (const { stop } of listeners.values()) {
        stop();
      }
      listeners.clear();
      for (const handler of handlers) {
        handler.close();
      }
      await connections.close();
    },
  };
}

/** Everything but host and port as the worker wrote it. */
function withAddress(uri: string, address: string): string {
  return uri.replace(/^([a-z]+:\/\/(?:[^/?#@]*@)?)[^/?#]*/iu, (_, before: string) => `${before}${address}`);
}
