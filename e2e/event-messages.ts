/** Messages of the event stream for peers to send: every kind, what no contract knows, and any size. */
import { contentKinds, encodeMessage, messageFromJson } from "@inspector/proto";
import type { Send } from "./peers/script.ts";

const SUCCESS = { status: "Success" };
const FUNCTION = { name: "hello", directory: "/app", scriptFile: "index.js", entryPoint: "run" };

/** One message of every kind of content, by its name in the contract. */
const CONTENTS: Readonly<Record<string, unknown>> = {
  start_stream: { startStream: { workerId: "w-1" } },
  worker_init_request: { workerInitRequest: { hostVersion: "4.1", capabilities: { RpcHttpBodyOnly: "true" } } },
  worker_init_response: { workerInitResponse: { workerVersion: "1.0", result: SUCCESS } },
  worker_warmup_request: { workerWarmupRequest: { workerDirectory: "/worker" } },
  worker_warmup_response: { workerWarmupResponse: { result: SUCCESS } },
  function_environment_reload_request: {
    functionEnvironmentReloadRequest: { environmentVariables: { KEY: "välue" }, functionAppDirectory: "/app" },
  },
  function_environment_reload_response: { functionEnvironmentReloadResponse: { result: SUCCESS } },
  functions_metadata_request: { functionsMetadataRequest: { functionAppDirectory: "/app" } },
  function_metadata_response: { functionMetadataResponse: { functionMetadataResults: [FUNCTION], result: SUCCESS } },
  function_load_request: { functionLoadRequest: { functionId: "f-1", metadata: FUNCTION } },
  function_load_response: { functionLoadResponse: { functionId: "f-1", result: SUCCESS } },
  function_load_request_collection: {
    functionLoadRequestCollection: { functionLoadRequests: [{ functionId: "f-2", metadata: FUNCTION }] },
  },
  function_load_response_collection: {
    functionLoadResponseCollection: { functionLoadResponses: [{ functionId: "f-2", result: SUCCESS }] },
  },
  invocation_request: {
    invocationRequest: { invocationId: "i-1", functionId: "f-1", inputData: [{ name: "in", data: { json: "{}" } }] },
  },
  rpc_log: { rpcLog: { invocationId: "i-1", category: "Function.hello", level: "Warning", message: "grüße 😀" } },
  invocation_cancel: { invocationCancel: { invocationId: "i-1", gracePeriod: "5s" } },
  invocation_response: {
    invocationResponse: { invocationId: "i-1", result: SUCCESS, returnValue: { bytes: "AAEC/w==" } },
  },
  close_shared_memory_resources_request: { closeSharedMemoryResourcesRequest: { mapNames: ["map"] } },
  close_shared_memory_resources_response: { closeSharedMemoryResourcesResponse: { closeMapResults: { map: true } } },
  worker_status_request: { workerStatusRequest: {} },
  worker_status_response: { workerStatusResponse: {} },
  worker_heartbeat: { workerHeartbeat: {} },
  file_change_event_request: {
    fileChangeEventRequest: { type: "Changed", fullPath: "/app/index.js", name: "index.js" },
  },
  worker_action_response: { workerActionResponse: { action: "Restart", reason: "changed" } },
  worker_terminate: { workerTerminate: { gracePeriod: "10s" } },
};

export type NamedMessage = { readonly kind: string; readonly send: Send };

/** Every kind of content there is, in the contract's order, and after it whatever else a peer may say. */
export const everyKind: readonly NamedMessage[] = [
  ...contentKinds.map(({ name }) => ({ kind: name, send: messageOf({ requestId: "r-1", ...content(name) }) })),
  // Fields 500 (varint), 501 (fixed32), 502 (bytes) and 503 (a group) beside the log, and 500 within it.
  {
    kind: "rpc_log",
    send: bytes(hex("12 08 22 02 68 69 a0 1f 96 01 a0 1f 01 ad 1f 01020304 b2 1f 02 abcd bb 1f bc 1f")),
  },
  // Content of field 40, which no revision of the contract has.
  { kind: "#40", send: bytes(hex("0a 03 722d31 c2 02 03 0a 01 78")) },
  // Lengths in more bytes than they need, and the fields in another order than any library writes them.
  { kind: "rpc_log", send: bytes(hex("12 86 80 00 22 82 80 00 78 79 0a 82 00 72 31")) },
  { kind: "", send: { do: "send" } },
  { kind: "", send: messageOf({ requestId: "only an id" }) },
  { kind: "undecodable", send: bytes(hex("ff ff ff ff ff ff ff ff ff ff ff")) },
];

function content(name: string): object {
  const found = CONTENTS[name];
  if (typeof found !== "object" || found === null) {
    throw new Error(`There is no example of ${name}`);
  }
  return found;
}

/** A StreamingMessage from its proto3 JSON. */
export function messageOf(json: unknown): Send {
  const parsed = messageFromJson(json);
  if (!parsed.ok) {
    throw new Error(`${parsed.path}: ${parsed.reason}`);
  }
  return bytes(encodeMessage(parsed.message));
}

function bytes(message: Uint8Array): Send {
  return { do: "send", base64: Buffer.from(message).toString("base64") };
}

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(" ", ""), "hex");
}

/** Bytes of an invocation's answer around its content: tags, and lengths of four bytes whatever they are. */
const ENVELOPE_BYTES = 15;

/** A message of exactly this size: an invocation's answer, or any bytes where it is too small to be one. */
export function messageOfSize(size: number, seed = size): Send {
  if (size < ENVELOPE_BYTES) {
    return { do: "send", bytes: size, seed };
  }
  const head = Buffer.concat(
    // invocation_response, its return_value, and the bytes in that
    [0x2a, 0x22, 0x1a].map((tag, depth) => Buffer.from([tag, ...fourByteVarint(size - 5 * (depth + 1))])),
  );
  return { do: "send", base64: head.toString("base64"), bytes: size - ENVELOPE_BYTES, seed };
}

function fourByteVarint(value: number): number[] {
  return [value | 0x80, (value >> 7) | 0x80, (value >> 14) | 0x80, value >> 21].map(
    (byte, i) => byte & (i < 3 ? 0xff : 0x7f),
  );
}
