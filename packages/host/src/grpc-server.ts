import type { OutgoingHttpHeaders } from "node:http2";
import * as grpc from "@grpc/grpc-js";
import { decodeMessage, encodeMessage, type StreamingMessage } from "@inspector/proto";
import type { Address } from "./events.ts";
import { formatCause, HostError } from "./host-error.ts";

const EVENT_STREAM = "/AzureFunctionsRpcMessages.FunctionRpc/EventStream";

/** What the real host's HTTP/2 server grants each stream. */
const WINDOW = 786_432;

type Call = grpc.ServerDuplexStream<Buffer, Buffer>;

/**
 * Response headers without grpc-encoding and grpc-accept-encoding, which grpc-js adds on its own: the official Java worker
 * finds no decompressor for "identity" and dies (docs/protocol-notes.md), and the real host names none.
 */
class NoEncoding extends grpc.Metadata {
  override toHttp2Headers(): OutgoingHttpHeaders {
    return { "grpc-encoding": undefined, "grpc-accept-encoding": undefined };
  }
}

/** The host's end of all streams of one worker id. */
export type WorkerLink = {
  /** Sends now, or as soon as the worker has a stream. */
  send(message: StreamingMessage): void;
  /** The same for a message that is encoded already, which goes out as it is. */
  sendBytes(message: Uint8Array): void;
  /** Forgets the id: what is open stays open, a stream that names it later is closed at once. */
  close(): void;
};

export type RpcServer = {
  readonly address: Address;
  /** Expects streams of this worker. `onMessage` also sees each stream's start_stream. */
  register(workerId: string, onMessage: (message: StreamingMessage) => void): WorkerLink;
  /** Cuts all streams; resolves when the port is free. */
  close(): Promise<void>;
};

/**
 * Listens for workers: cleartext HTTP/2, messages of any length.
 *
 * A stream must begin with the start_stream of a registered worker id; otherwise its call completes with OK and
 * nothing else, as in the real host. One worker may open several streams: what comes in is merged, what goes out
 * takes one that is not blocked.
 *
 * @throws {HostError} "address-unavailable"
 */
export async function startRpcServer(wanted: Address): Promise<RpcServer> {
  const links = new Map<string, Link>();
  const server = new grpc.Server({
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
    "grpc-node.flow_control_window": WINDOW,
  });
  const passBuffer = (bytes: Buffer): Buffer => bytes;
  server.addService(
    {
      EventStream: {
        path: EVENT_STREAM,
        requestStream: true,
        responseStream: true,
        requestSerialize: passBuffer,
        requestDeserialize: passBuffer,
        responseSerialize: passBuffer,
        responseDeserialize: passBuffer,
      },
    },
    { EventStream: (call: Call) => accept(call, links) },
  );
  const port = await bind(server, wanted);
  return {
    address: { host: wanted.host, port },
    register: (workerId, onMessage) => {
      const link = new Link(onMessage, () => links.delete(workerId));
      links.set(workerId, link);
      return link;
    },
    close: () =>
      new Promise((resolve) => {
        server.forceShutdown();
        server.tryShutdown(() => resolve());
      }),
  };
}

function bind(server: grpc.Server, { host, port }: Address): Promise<number> {
  const authority = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  return new Promise((resolve, reject) => {
    server.bindAsync(authority, grpc.ServerCredentials.createInsecure(), (cause, bound) => {
      if (cause === null) {
        resolve(bound);
        return;
      }
      const message = `The gRPC server cannot listen on ${authority}: ${formatCause(cause)}`;
      reject(
        new HostError("address-unavailable", message, { cause, hint: "Choose another port, or 0 for a free one." }),
      );
    });
  });
}

function accept(call: Call, links: ReadonlyMap<string, Link>): void {
  let link: Link | undefined;
  let isRefused = false;
  call.on("data", (bytes: Buffer) => {
    if (isRefused) {
      return;
    }
    const decoded = decodeMessage(bytes);
    if (!decoded.ok) {
      isRefused = true;
      call.emit("error", { code: grpc.status.INTERNAL, details: decoded.reason });
      return;
    }
    if (link === undefined) {
      const { content } = decoded.message;
      link = content.case === "startStream" ? links.get(content.value.workerId) : undefined;
      link?.attach(call);
    }
    if (link === undefined) {
      isRefused = true;
      call.end();
      return;
    }
    link.receive(decoded.message);
  });
  call.on("end", () => call.end());
  call.on("close", () => link?.detach(call));
  call.on("cancelled", () => link?.detach(call));
  // The exit of a worker that dies in the middle of a write says so; its stream does not.
  call.on("error", () => link?.detach(call));
}

class Link implements WorkerLink {
  readonly #calls = new Set<Call>();
  readonly #waiting: Buffer[] = [];
  readonly #onMessage: (message: StreamingMessage) => void;
  readonly #onClose: () => void;

  constructor(onMessage: (message: StreamingMessage) => void, onClose: () => void) {
    this.#onMessage = onMessage;
    this.#onClose = onClose;
  }

  attach(call: Call): void {
    this.#calls.add(call);
    call.sendMetadata(new NoEncoding());
    for (const bytes of this.#waiting.splice(0)) {
      call.write(bytes);
    }
  }

  detach(call: Call): void {
    this.#calls.delete(call);
  }

  receive(message: StreamingMessage): void {
    this.#onMessage(message);
  }

  send(message: StreamingMessage): void {
    this.sendBytes(encodeMessage(message));
  }

  sendBytes(encoded: Uint8Array): void {
    const bytes = Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength);
    const calls = [...this.#calls];
    const call = calls.find(({ writableNeedDrain }) => !writableNeedDrain) ?? calls[0];
    if (call === undefined) {
      this.#waiting.push(bytes);
    } else {
      call.write(bytes);
    }
  }

  close(): void {
    this.#onClose();
  }
}
