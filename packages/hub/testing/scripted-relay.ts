/** A relay that does what a test tells it: a real journal, and a real control socket at which the hub finds it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import type { InterventionEvent, InterventionOrder, InterventionReport } from "@inspector/contract/intervention-lines";
import { type FromRelay, parseFromHub } from "@inspector/contract/relay-line";
import type { SharedMemoryEvent } from "@inspector/contract/shared-memory";
import { encodeMessage, messageFromJson } from "@inspector/proto";
import { createJournal, now } from "@inspector/relay/journal";
import { Line } from "@inspector/relay/line";
import { createReadBuffer } from "@inspector/relay/read-buffers";
import { http2Writer } from "@inspector/testkit";
import type { Side } from "@inspector/wire/frames";
import { FIRST_HTTP_CONNECTION, SIDE_HOST, SIDE_WORKER } from "@inspector/wire/journal";

export const EVENT_STREAM = "/AzureFunctionsRpcMessages.FunctionRpc/EventStream";

const { data, grpcMessage, headerBlock, headersOf, preface, settings, settingsAck } = http2Writer;

export type ScriptedRelay = {
  /** Everything the hub ordered so far. */
  readonly orders: readonly InterventionOrder[];
  /** Waits until the hub ordered something of the kind that `condition` gives. */
  ordered<T>(condition: (orders: readonly InterventionOrder[]) => T | undefined): Promise<T>;
  report(report: InterventionReport): void;
  /** Opens a connection with an event stream (HTTP/2 stream 1). */
  open(connection: number): void;
  /** A message as proto3 JSON, on stream 1 of a connection. */
  say(connection: number, side: Side, message: unknown): void;
  /** Part of an HTTP/1.1 conversation between the host and the worker's own HTTP server, one connection for all. */
  http(side: Side, text: string): void;
  /** Anything else that a side of a connection sends. */
  bytes(connection: number, side: Side, bytes: Uint8Array): void;
  event(
    connection: number,
    event:
      | InterventionEvent
      | SharedMemoryEvent
      | { readonly type: "http-capture"; readonly worker: string; readonly address: string }
      | { readonly type: "gap"; readonly positions: readonly unknown[] }
      | { readonly type: "half-closed" }
      | { readonly type: "reset"; readonly code: string },
    side?: Side,
  ): void;
  /** Ends a connection. */
  close(connection: number): void;
  /** Lets the hub's lines break, which it will set up again. */
  hangUp(): void;
  end(): Promise<void>;
};

/**
 * @param session file that the journal belongs to
 * @param links folders for links to shared memory
 */
export async function startScriptedRelay(
  journals: string,
  session: string,
  links: readonly string[] = [],
): Promise<ScriptedRelay> {
  const directory = join(journals, "j1");
  const control = join(directory, "control.sock");
  mkdirSync(directory, { recursive: true });
  const journal = createJournal({ directory });
  journal.event({
    type: "relay-started",
    startedAt: 1_000_000,
    monotonic: Number(process.hrtime.bigint()) - now(),
    listen: "127.0.0.1:1",
    upstream: "127.0.0.1:2",
  });
  const peers = new Set<Line<FromRelay>>();
  const orders: InterventionOrder[] = [];
  let onOrder = (): void => {};
  let isHttpOpen = false;
  const server = createServer((socket) => {
    const peer = new Line<FromRelay>(socket, {
      maxWaiting: Number.POSITIVE_INFINITY,
      onMessage(message) {
        const said = parseFromHub(message);
        if (said !== undefined && "order" in said) {
          orders.push(said);
          onOrder();
        }
      },
    });
    peers.add(peer);
    socket.on("close", () => peers.delete(peer));
  });
  await new Promise<void>((resolve) => server.listen(control, resolve));
  writeFileSync(join(directory, "journal.json"), JSON.stringify({ session, control, startedAt: 1_000_000, links }));

  function chunk(connection: number, side: Side, bytes: Uint8Array): void {
    const buffer = createReadBuffer(bytes.length);
    buffer.payload.set(bytes);
    journal.append(connection, side === "host" ? SIDE_HOST : SIDE_WORKER, buffer, bytes.length);
  }

  return {
    orders,
    ordered(condition) {
      return new Promise((resolve) => {
        onOrder = () => {
          const found = condition(orders);
          if (found !== undefined) {
            resolve(found);
          }
        };
        onOrder();
      });
    },
    report(report) {
      for (const peer of peers) {
        peer.send(report);
      }
    },
    open(connection) {
      journal.event({ type: "opened" }, connection, SIDE_WORKER);
      const request = [
        [":method", "POST"],
        [":scheme", "http"],
        [":path", EVENT_STREAM],
        ["content-type", "application/grpc"],
      ] as const;
      chunk(connection, "worker", Buffer.concat([preface, settings(), headersOf(1, headerBlock(request))]));
      const response = headerBlock([
        [":status", "200"],
        ["content-type", "application/grpc"],
      ]);
      chunk(connection, "host", Buffer.concat([settings(), settingsAck(), headersOf(1, response)]));
    },
    say(connection, side, message) {
      chunk(connection, side, data(1, grpcMessage(bytesOf(message))));
    },
    http(side, text) {
      if (!isHttpOpen) {
        journal.event({ type: "opened" }, FIRST_HTTP_CONNECTION, SIDE_HOST);
      }
      isHttpOpen = true;
      chunk(FIRST_HTTP_CONNECTION, side, Buffer.from(text, "latin1"));
    },
    bytes: chunk,
    event(connection, event, side) {
      journal.event(event, connection, side && (side === "host" ? SIDE_HOST : SIDE_WORKER));
    },
    close(connection) {
      journal.event({ type: "closed" }, connection);
    },
    hangUp() {
      for (const peer of peers) {
        peer.close();
      }
    },
    async end() {
      journal.close();
      for (const peer of peers) {
        peer.close();
      }
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** @throws where it is no StreamingMessage */
export function bytesOf(message: unknown): Uint8Array {
  const parsed = messageFromJson(message);
  if (!parsed.ok) {
    throw new SyntaxError(`${parsed.path}: ${parsed.reason}`);
  }
  return encodeMessage(parsed.message);
}

export function base64Of(message: unknown): string {
  return Buffer.from(bytesOf(message)).toString("base64");
}
