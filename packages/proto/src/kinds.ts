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

/** `kind` of an envelope without content. */
export const KIND_EMPTY = 0;

/** `kind` of bytes that are no protobuf message at all. */
export const KIND_UNDECODABLE = -1;

/** The 25 kinds of content of a StreamingMessage, in the order in which a worker's life shows them. */
export const contentKinds: readonly ContentKind[] = [
  { number: 20, name: "start_stream", from: "worker" },
  { number: 17, name: "worker_init_request", from: "host" },
  { number: 16, name: "worker_init_response", from: "worker" },
  { number: 33, name: "worker_warmup_request", from: "host" },
  { number: 34, name: "worker_warmup_response", from: "worker" },
  { number: 25, name: "function_environment_reload_request", from: "host" },
  { number: 26, name: "function_environment_reload_response", from: "worker" },
  { number: 29, name: "functions_metadata_request", from: "host" },
  { number: 30, name: "function_metadata_response", from: "worker" },
  { number: 8, name: "function_load_request", from: "host" },
  { number: 9, name: "function_load_response", from: "worker" },
  { number: 31, name: "function_load_request_collection", from: "host" },
  { number: 32, name: "function_load_response_collection", from: "worker" },
  { number: 4, name: "invocation_request", from: "host" },
  { number: 2, name: "rpc_log", from: "worker" },
  { number: 21, name: "invocation_cancel", from: "host" },
  { number: 5, name: "invocation_response", from: "worker" },
  { number: 27, name: "close_shared_memory_resources_request", from: "host" },
  { number: 28, name: "close_shared_memory_resources_response", from: "worker" },
  { number: 12, name: "worker_status_request", from: "host" },
  { number: 13, name: "worker_status_response", from: "worker" },
  { number: 15, name: "worker_heartbeat", from: "worker" },
  { number: 6, name: "file_change_event_request", from: "host" },
  { number: 7, name: "worker_action_response", from: "worker" },
  { number: 14, name: "worker_terminate", from: "host" },
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

/** Whether a gRPC path (":path") carries StreamingMessages. */
export function isEventStream(path: string): boolean {
  return EVENT_STREAM_PATHS.includes(path);
}
