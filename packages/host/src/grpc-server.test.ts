/** What the host's gRPC server says on the wire, heard with HTTP/2 and no gRPC library. */
import { connect, type IncomingHttpHeaders } from "node:http2";
import { create, encodeMessage, StreamingMessageSchema } from "@inspector/proto";
import { expect, test } from "vitest";
import { startRpcServer } from "./grpc-server.ts";

const CALL = {
  ":method": "POST",
  ":path": "/AzureFunctionsRpcMessages.FunctionRpc/EventStream",
  "content-type": "application/grpc",
  "grpc-accept-encoding": "identity,gzip",
  te: "trailers",
};

function framed(message: Uint8Array): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** The response headers to a worker that says who it is, and that a message followed them. */
async function answerTo(workerId: string): Promise<{ headers: IncomingHttpHeaders; received: number }> {
  const server = await startRpcServer({ host: "127.0.0.1", port: 0 });
  server.register("w1", () => {}).send(create(StreamingMessageSchema, { requestId: "r" }));
  const client = connect(`http://127.0.0.1:${server.address.port}`);
  const call = client.request(CALL);
  try {
    call.write(
      framed(encodeMessage(create(StreamingMessageSchema, { content: { case: "startStream", value: { workerId } } }))),
    );
    const headers = await new Promise<IncomingHttpHeaders>((resolve) => call.once("response", resolve));
    const received = await new Promise<number>((resolve) => {
      call.once("data", (bytes: Buffer) => resolve(bytes.length));
      call.once("end", () => resolve(0));
    });
    return { headers, received };
  } finally {
    client.destroy();
    await server.close();
  }
}

test.each([
  ["a worker that is expected", "w1", 8],
  ["one that nobody knows", "w9", 0],
])("response headers to %s name no encoding", async (_, workerId, received) => {
  const answer = await answerTo(workerId);
  expect(answer.headers).toMatchObject({ ":status": 200, "content-type": expect.stringContaining("application/grpc") });
  expect(Object.keys(answer.headers).filter((name) => name.includes("encoding"))).toEqual([]);
  expect(answer.received).toBe(received);
});
