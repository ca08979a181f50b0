/** A gRPC server that forwards every call, message by message, to the port it is given. Prints its own port. */
import * as grpc from "@grpc/grpc-js";

type Bytes = Buffer;

const PATH = "/AzureFunctionsRpcMessages.FunctionRpc/EventStream";
const UNLIMITED = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };
const same = (bytes: Bytes): Bytes => bytes;

const client = new grpc.Client(`127.0.0.1:${process.argv[2]}`, grpc.credentials.createInsecure(), UNLIMITED);

function forward(call: grpc.ServerDuplexStream<Bytes, Bytes>): void {
  const onward = client.makeBidiStreamRequest(PATH, same, same, call.metadata);
  call.sendMetadata(new grpc.Metadata());
  call.on("data", (message: Bytes) => {
    if (!onward.write(message)) {
      call.pause();
    }
  });
  onward.on("drain", () => call.resume());
  onward.on("data", (message: Bytes) => {
    if (!call.write(message)) {
      onward.pause();
    }
  });
  call.on("drain", () => onward.resume());
  call.on("end", () => onward.end());
  onward.on("end", () => call.end());
  call.on("cancelled", () => onward.cancel());
  onward.on("error", (error) => call.destroy(error));
}

const server = new grpc.Server(UNLIMITED);
server.addService(
  {
    EventStream: {
      path: PATH,
      requestStream: true,
      responseStream: true,
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: same,
      responseDeserialize: same,
    },
  },
  { EventStream: forward },
);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) {
    throw error;
  }
  process.stdout.write(`${port}\n`);
});
