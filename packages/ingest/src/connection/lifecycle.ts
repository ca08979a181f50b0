/** What the messages of a worker's start-up say about it: who it is, how far it has come, what it has loaded. */

import type { StreamInfo } from "@inspector/contract/page";
import { decodeMessage, kindNumber, type RpcFunctionMetadata } from "@inspector/proto";
import type { Writer } from "@inspector/session/writer";
import type { StoredMessage } from "./message-ingest.ts";

export type Lifecycle = {
  readonly id: number;
  phase: StreamInfo["phase"];
  /** The worker's first stream, where this is a later one; absent in the first, and until the worker has said who it is. */
  worker?: number | undefined;
  /** The worker's stream before, which had ended when it opened this one. */
  before?: number | undefined;
};

const START_STREAM = kindNumber("start_stream");
const INIT_RESPONSE = kindNumber("worker_init_response");
const LOAD_REQUEST = kindNumber("function_load_request");
const LOAD_REQUESTS = kindNumber("function_load_request_collection");
const LOAD_RESPONSE = kindNumber("function_load_response");
const LOAD_RESPONSES = kindNumber("function_load_response_collection");
const METADATA_RESPONSE = kindNumber("function_metadata_response");

const SUCCESS = 1;

export function noteMessage(writer: Writer, stream: Lifecycle, { kind, head, payload }: StoredMessage): void {
  switch (kind) {
    case START_STREAM:
      if (head.workerId !== undefined) {
        writer.updateStream(stream.id, { worker_id: head.workerId });
        stream.worker ??= writer.joinedStreams.join(stream.id, head.workerId);
        stream.before ??=
          stream.worker === undefined ? writer.joinedStreams.before(stream.id, head.workerId) : undefined;
      }
      enter(writer, stream, "started");
      break;
    case INIT_RESPONSE:
      enter(writer, stream, head.status === SUCCESS ? "initialized" : "failed");
      noteRuntime(writer, stream, payload);
      break;
    case LOAD_RESPONSE:
    case LOAD_RESPONSES:
      enter(writer, stream, "loaded");
      break;
    case LOAD_REQUEST:
    case LOAD_REQUESTS:
    case METADATA_RESPONSE:
      noteFunctions(writer, stream, payload);
      break;
    default:
  }
}

function enter(writer: Writer, stream: Lifecycle, phase: StreamInfo["phase"]): void {
  if (stream.phase === phase || stream.phase === "failed") {
    return;
  }
  stream.phase = phase;
  writer.updateStream(stream.id, { phase });
}

function noteRuntime(writer: Writer, stream: Lifecycle, payload: Uint8Array | undefined): void {
  const decoded = payload === undefined ? undefined : decodeMessage(payload);
  if (!decoded?.ok || decoded.message.content.case !== "workerInitResponse") {
    return;
  }
  const metadata = decoded.message.content.value.workerMetadata;
  if (metadata === undefined) {
    return;
  }
  writer.updateStream(stream.id, { runtime: metadata.runtimeName, runtime_version: metadata.runtimeVersion });
}

function noteFunctions(writer: Writer, stream: Lifecycle, payload: Uint8Array | undefined): void {
  const decoded = payload === undefined ? undefined : decodeMessage(payload);
  if (!decoded?.ok) {
    return;
  }
  const { content } = decoded.message;
  const note = (id: string, metadata: RpcFunctionMetadata | undefined): void => {
    if (id !== "" && metadata !== undefined) {
      writer.function(stream.worker ?? stream.id, id, metadata.name, triggerOf(metadata));
    }
  };
  switch (content.case) {
    case "functionLoadRequest":
      note(content.value.functionId, content.value.metadata);
      break;
    case "functionLoadRequestCollection":
      for (const request of content.value.functionLoadRequests) {
        note(request.functionId, request.metadata);
      }
      break;
    case "functionMetadataResponse":
      for (const metadata of content.value.functionMetadataResults) {
        note(metadata.functionId, metadata);
      }
      break;
    default:
  }
}

/** "http" for a function with a binding of the type "httpTrigger". */
function triggerOf(metadata: RpcFunctionMetadata): string | undefined {
  const types = Object.values(metadata.bindings).map((binding) => binding.type);
  return types.find((type) => /trigger$/iu.test(type))?.replace(/trigger$/iu, "");
}
