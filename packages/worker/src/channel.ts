import * as grpc from "@grpc/grpc-js";
import {
  create,
  EVENT_STREAM_PATHS,
  encodeMessage,
  type MessageInitShape,
  StreamingMessageSchema,
} from "@inspector/proto";
import type { WorkerArguments } from "./arguments.ts";

export type Content = NonNullable<MessageInitShape<typeof StreamingMessageSchema>["content"]>;

/** How the stream ended: the gRPC status of the host, or of grpc-js where the connection broke. 0 is OK. */
export type ChannelEnd = { readonly code: number; readonly details: string };

export type Channel = {
  /** Queues a message; dropped once the stream has ended. The request id is empty where none is given. */
  send(content: Content, requestId?: string): void;
  /** Resolves when everything sent so far has been handed to the connection, or cannot be any more. */
  flush(): Promise<void>;
  /** Ends the worker's side; the host may still send. */
  end(): void;
  /** Never rejects. Messages that came before the end have been reported by then. */
  readonly ended: Promise<ChannelEnd>;
};

/**
 * Opens the event stream to the host. Cleartext HTTP/2 straight to the address, whatever proxy the environment names:
 * the host is on this machine, or what stands for it is.
 */
export function openChannel(
  { target, maxMessageLength }: WorkerArguments,
  onMessage: (bytes: Uint8Array) => void,
): Channel {
  const client = new grpc.Client(target, grpc.credentials.createInsecure(), {
    "grpc.max_receive_message_length": maxMessageLength,
    "grpc.max_send_message_length": maxMessageLength,
    "grpc.enable_http_proxy": 0,
  });
  const [path = ""] = EVENT_STREAM_PATHS;
  const call = client.makeBidiStreamRequest<Uint8Array, Buffer>(path, toBuffer, (bytes) => bytes);
  call.on("data", onMessage);

  const ended = endOf(call);
  let isOpen = true;
  let pending = 0;
  const waiting = new Set<() => void>();
  const wakeWaiting = () => {
    for (const wake of waiting) {
      wake();
    }
    waiting.clear();
  };
  void ended.then(() => {
    isOpen = false;
    wakeWaiting();
  });

  return {
    ended,
    send(content, requestId = "") {
      if (!isOpen) {
        return;
      }
      pending += 1;
      call.write(encodeMessage(create(StreamingMessageSchema, { requestId, content })), () => {
        pending -= 1;
        if (pending === 0) {
          wakeWaiting();
        }
      });
    },
    async flush() {
      if (isOpen && pending > 0) {
        await new Promise<void>((resolve) => waiting.add(resolve));
      }
    },
    end() {
      isOpen = false;
      call.end();
    },
  };
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function endOf(call: grpc.ClientDuplexStream<Uint8Array, Buffer>): Promise<ChannelEnd> {
  return new Promise((resolve) => {
    let isRead = false;
    call.on("end", () => {
      isRead = true;
    });
    // Without a listener grpc-js would throw; the status says the same.
    call.on("error", () => undefined);
    call.on("status", ({ code, details }) => {
      const end = { code, details };
      if (code !== grpc.status.OK || isRead) {
        resolve(end);
      } else {
        call.on("end", () => resolve(end));
      }
    });
  });
}
