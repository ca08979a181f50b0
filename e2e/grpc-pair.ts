/** A worker and a host on grpc-js with a stream between them, who send bytes as they are told. */
import { once } from "node:events";
import * as grpc from "@grpc/grpc-js";

const PATH = "/AzureFunctionsRpcMessages.FunctionRpc/EventStream";
const LIMITS = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };
const same = (bytes: Buffer): Buffer => bytes;

export type Call = grpc.ServerDuplexStream<Buffer, Buffer>;

export type RawHost = { readonly port: number; close(): void };

export async function startRawHost(onCall: (call: Call) => void): Promise<RawHost> {
  const server = new grpc.Server(LIMITS);
  const method = {
    path: PATH,
    requestStream: true,
    responseStream: true,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  } as const;
  server.addService({ EventStream: method }, { EventStream: onCall });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { port, close: () => server.forceShutdown() };
}

export type RawWorker = {
  readonly call: grpc.ClientDuplexStream<Buffer, Buffer>;
  /** The call's status, once it has one. */
  readonly status: Promise<{ code: number; details: string }>;
  close(): void;
};

export function connectRawWorker(address: string): RawWorker {
  const client = new grpc.Client(address, grpc.credentials.createInsecure(), LIMITS);
  const call = client.makeBidiStreamRequest(PATH, same, same);
  call.on("error", () => {});
  const status = new Promise<{ code: number; details: string }>((resolve) => {
    call.once("status", ({ code, details }) => resolve({ code, details }));
  });
  return { call, status, close: () => client.close() };
}

/** Waits while the other side is slower. */
export async function send(call: { write(bytes: Buffer): boolean }, bytes: Buffer): Promise<void> {
  if (!call.write(bytes)) {
    await once(call as never, "drain");
  }
}
