/** The message that goes round: a StreamingMessage with an RpcLog, so that a recorder finds in it what it looks for. */
import { grpcMessage } from "@inspector/testkit/http2-writer";

const PATH = "/AzureFunctionsRpcMessages.FunctionRpc/EventStream";
const REQUEST_ID = "6f1f64a6-0d1c-4f0e-9f53-3d8a1c2b7e90";
const INVOCATION_ID = "0b3c9a6e-52d7-4d8b-8a53-9e1f7c2d4b60";

export const REQUEST_HEADERS: readonly (readonly [string, string])[] = [
  [":method", "POST"],
  [":scheme", "http"],
  [":path", PATH],
  [":authority", "127.0.0.1"],
  ["content-type", "application/grpc"],
  ["te", "trailers"],
];

/** A gRPC message, prefix included, whose payload has exactly `size` bytes. */
export function createMessage(size: number): Buffer {
  // What surrounds the text grows with it, at most by some bytes, so the logger's name makes up for the rest.
  const overhead = streamingMessage(size, 0).length - size;
  const deficit = size - streamingMessage(size - overhead, 0).length;
  const payload = streamingMessage(size - overhead, deficit);
  if (payload.length !== size) {
    throw new Error(`no message of ${size} bytes can be made`);
  }
  return Buffer.from(grpcMessage(payload));
}

/** Field numbers: FunctionRpc.proto, StreamingMessage and RpcLog. */
function streamingMessage(textBytes: number, moreBytes: number): Buffer {
  const log = Buffer.concat([
    field(1, Buffer.from(INVOCATION_ID)),
    field(2, Buffer.from(`Function.bench.User${".".repeat(moreBytes)}`)),
    Buffer.from([3 << 3, 2]),
    field(4, Buffer.alloc(textBytes, "Processed an item of the queue and wrote the result. ")),
  ]);
  return Buffer.concat([field(1, Buffer.from(REQUEST_ID)), field(2, log)]);
}

function field(number: number, content: Buffer): Buffer {
  const head = [(number << 3) | 2];
  let length = content.length;
  for (; length >= 128; length = Math.floor(length / 128)) {
    head.push((length % 128) | 0x80);
  }
  return Buffer.concat([Buffer.from([...head, length]), content]);
}
