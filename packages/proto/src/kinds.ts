/** Who sends a message; {@link contentKinds}. */
export type Sender = "host" | "worker";

export type ContentKind = {
  /** Field number in StreamingMessage. */
  readonly number: number;
  /** Field name in the contract, "invocation_request". */
  readonly name: string;
  /** Who sends it by contract. A recording may show otherwise. */
  readonly from: Sender;
};

/** Field numbers of the contents in StreamingMessage, by name: what `kind` of a head and of a row is. */
export const KIND = {
  rpcLog: 2,
  invocationRequest: 4,
  invocationResponse: 5,
  fileChangeEventRequest: 6,
  workerActionResponse: 7,
  functionLoadRequest: 8,
  functionLoadResponse: 9,
  workerStatusRequest: 12,
  workerStatusResponse: 13,
  workerTerminate: 14,
  workerHeartbeat: 15,
  workerInitResponse: 16,
  workerInitRequest: 17,
  startStream: 20,
  invocationCancel: 21,
  functionEnvironmentReloadRequest: 25,
  functionEnvironmentReloadResponse: 26,
  closeSharedMemoryResourcesRequest: 27,
  closeSharedMemoryResourcesResponse: 28,
  functionsMetadataRequest: 29,
  functionMetadataResponse: 30,
  functionLoadRequestCollection: 31,
  functionLoadResponseCollection: 32,
  workerWarmupRequest: 33,
  workerWarmupResponse: 34,
} as const;

/** `kind` of an envelope without content. */
export const KIND_EMPTY = 0;

/** `kind` of bytes that are not a protobuf message at all. */
export const KIND_UNDECODABLE = -1;

/** The 25 kinds of content of a StreamingMessage, in the order in which a worker's life shows them. */
export const contentKinds: readonly ContentKind[] = [
  { number: KIND.startStream, name: "start_stream", from: "worker" },
  { number: KIND.workerInitRequest, name: "worker_init_request", from: "host" },
  { number: KIND.workerInitResponse, name: "worker_init_response", from: "worker" },
  { number: KIND.workerWarmupRequest, name: "worker_warmup_request", from: "host" },
  { number: KIND.workerWarmupResponse, name: "worker_warmup_response", from: "worker" },
  { number: KIND.functionEnvironmentReloadRequest, name: "function_environment_reload_request", from: "host" },
  { number: KIND.functionEnvironmentReloadResponse, name: "function_environment_reload_response", from: "worker" },
  { number: KIND.functionsMetadataRequest, name: "functions_metadata_request", from: "host" },
  { number: KIND.functionMetadataResponse, name: "function_metadata_response", from: "worker" },
  { number: KIND.functionLoadRequest, name: "function_load_request", from: "host" },
  { number: KIND.functionLoadResponse, name: "function_load_response", from: "worker" },
  { number: KIND.functionLoadRequestCollection, name: "function_load_request_collection", from: "host" },
  { number: KIND.functionLoadResponseCollection, name: "function_load_response_collection", from: "worker" },
  { number: KIND.invocationRequest, name: "invocation_request", from: "host" },
  { number: KIND.rpcLog, name: "rpc_log", from: "worker" },
  { number: KIND.invocationCancel, name: "invocation_cancel", from: "host" },
  { number: KIND.invocationResponse, name: "invocation_response", from: "worker" },
  { number: KIND.closeSharedMemoryResourcesRequest, name: "close_shared_memory_resources_request", from: "host" },
  { number: KIND.closeSharedMemoryResourcesResponse, name: "close_shared_memory_resources_response", from: "worker" },
  { number: KIND.workerStatusRequest, name: "worker_status_request", from: "host" },
  { number: KIND.workerStatusResponse, name: "worker_status_response", from: "worker" },
  { number: KIND.workerHeartbeat, name: "worker_heartbeat", from: "worker" },
  { number: KIND.fileChangeEventRequest, name: "file_change_event_request", from: "host" },
  { number: KIND.workerActionResponse, name: "worker_action_response", from: "worker" },
  { number: KIND.workerTerminate, name: "worker_terminate", from: "host" },
];

const nameOf = new Map(contentKinds.map((kind) => [kind.number, kind.name]));
const numberOf = new Map(contentKinds.map((kind) => [kind.name, kind.number]));

/** "invocation_request"; "" for an empty envelope, "undecodable" for -1, "#40" for a number the contract lacks. */
export function kindName(number: number): string {
  if (number === KIND_EMPTY) {
    return "";
  }
  if (number === KIND_UNDECODABLE) {
    return "undecodable";
  }
  return nameOf.get(number) ?? `#${number}`;
}

/** Inverse of {@link kindName}; undefined for a text that names no kind. */
export function kindNumber(name: string): number | undefined {
  if (name === "") {
    return KIND_EMPTY;
  }
  if (name === "undecodable") {
    return KIND_UNDECODABLE;
  }
  const unknown = /^#([1-9]\d{0,8})$/.exec(name);
  return unknown === null ? numberOf.get(name) : Number(unknown[1]);
}

/**
 * gRPC paths of the event stream: today's, and the one that was in use until the package was renamed on 2018-06-07. The
 * messages have the same field numbers under both.
 */
export const EVENT_STREAM_PATHS: readonly string[] = [
  "/AzureFunctionsRpcMessages.FunctionRpc/EventStream",
  "/FunctionRpc.FunctionRpc/EventStream",
];

/**
 * Stands in the place of a path where a worker is a custom handler: its messages are made of what crossed over HTTP, and nobody sent
 * them.
 */
export const CUSTOM_HANDLER_PATH = "/custom-handler";

/** Paths of all that has StreamingMessages for its messages. */
export const WORKER_PATHS: readonly string[] = [...EVENT_STREAM_PATHS, CUSTOM_HANDLER_PATH];

/** Whether StreamingMessages belong to a path: one of gRPC (":path"), or {@link CUSTOM_HANDLER_PATH}. */
export function isEventStream(path: string): boolean {
  return WORKER_PATHS.includes(path);
}
