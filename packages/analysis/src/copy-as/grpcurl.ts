import type { Side } from "@inspector/contract/page";
import { hereDocument, quoteArgument } from "./shell.ts";

export type GrpcurlOptions = {
  readonly from: Side;
  /** Where workers connect to: of a host, or an inspector in front of one; "127.0.0.1:50051". */
  readonly address: string;
  /** As in the stream's StartStream; the host ends streams of ids that it does not know. */
  readonly workerId?: string;
  /** Folder of FunctionRpc.proto. That of the contract's repository, cloned into the current folder, unless given. */
  readonly schema?: string;
};

const SCHEMA = "azure-functions-language-worker-protobuf/src/proto";
const METHOD = "AzureFunctionsRpcMessages.FunctionRpc/EventStream";

/**
 * A command that says a worker's message to a host, behind a StartStream, and prints what the host says to it.
 *
 * Undefined for a host's message: grpcurl can only call, and in this contract it is the worker who does. Unknown fields do
 * not travel, since grpcurl reads proto3 JSON; the command makes it skip "$unknown".
 * @param message {@link MessageDetail.message}
 */
export function copyAsGrpcurl(message: unknown, options: GrpcurlOptions): string | undefined {
  if (options.from !== "worker") {
    return undefined;
  }
  const { address, workerId = "", schema = SCHEMA } = options;
  const own = JSON.stringify(message);
  const isStart = typeof message === "object" && message !== null && "startStream" in message;
  const start = JSON.stringify({ startStream: { workerId } });
  const lines = isStart ? [own] : [start, own];
  const flags = ["-plaintext", "-import-path", schema, "-proto", "FunctionRpc.proto"];
  if (own.includes('"$unknown"')) {
    flags.push("-allow-unknown-fields");
  }
  const words = ["grpcurl", ...flags, "-d", "@", address, METHOD].map(quoteArgument);
  return `${words.join(" ")} ${hereDocument(lines, "JSON")}\n`;
}
