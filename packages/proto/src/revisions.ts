import type { UnknownField } from "@bufbuild/protobuf";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import { decodeFields, type SetAside } from "./decode.ts";
import { WIRE_LENGTH } from "./field-cursor.ts";
import {
  type FunctionLoadRequest,
  FunctionLoadRequestSchema,
  type FunctionMetadataResponse,
  type RpcFunctionMetadata,
  type StreamingMessage,
  StreamingMessageSchema,
} from "./gen/FunctionRpc_pb.ts";

/**
 * Revisions of the contract in which a field number meant something else than today. All others, also those on the old
 * path, differ only by what they lack.
 *
 * - "v1.5.1": function_metadata_response (30) held FunctionLoadRequests. Recognised without being named.
 * - "before-1.0" (until early 2018): RpcHttp 16 was `is_raw`, StreamingMessage 7 a FileChangeEventResponse. Nothing in
 *   the bytes shows, so it has to be named; both fields are then kept as unknown ones.
 */
export type Revision = "v1.5.1" | "before-1.0";

const BEFORE_1_0: SetAside = new Set(["StreamingMessage.7", "RpcHttp.16"]);
const V1_5_1: SetAside = new Set(["FunctionMetadataResponse.1"]);
const NOTHING: SetAside = new Set();

export type Revised = { readonly message: StreamingMessage; readonly revision?: Revision };

/** Decodes by a revision, or by the one that the bytes fit; undefined where they are not a protobuf message. */
export function decodeRevision(bytes: Uint8Array, revision: Revision | undefined): Revised | undefined {
  const message = decodeEnvelope(bytes, revision === "before-1.0" ? BEFORE_1_0 : NOTHING);
  if (message === undefined) {
    return undefined;
  }
  if (revision === "before-1.0") {
    return { message, revision };
  }
  const older = revision === "v1.5.1" || hasNamelessFunction(message) ? decodeLoadRequests(bytes) : undefined;
  return older === undefined ? { message } : { message: older, revision: "v1.5.1" };
}

function decodeEnvelope(bytes: Uint8Array, setAside: SetAside): StreamingMessage | undefined {
  return decodeFields(StreamingMessageSchema, bytes, setAside) as StreamingMessage | undefined;
}

/** Functions have a name, and load requests have no field of that number. */
function hasNamelessFunction({ content }: StreamingMessage): boolean {
  return (
    content.case === "functionMetadataResponse" && content.value.functionMetadataResults.some(({ name }) => name === "")
  );
}

/** Shows the load requests of v1.5.1 as what v1.5.2 made of them; undefined unless every function is one. */
function decodeLoadRequests(bytes: Uint8Array): StreamingMessage | undefined {
  const message = decodeEnvelope(bytes, V1_5_1);
  if (message?.content.case !== "functionMetadataResponse") {
    return undefined;
  }
  const response: FunctionMetadataResponse = message.content.value;
  const functions = (response.$unknown ?? []).filter(({ no }) => no === 1).map(metadataOf);
  if (functions.length === 0 || functions.includes(undefined)) {
    return undefined;
  }
  response.functionMetadataResults = functions.filter((metadata) => metadata !== undefined);
  const rest = (response.$unknown ?? []).filter(({ no }) => no !== 1);
  response.$unknown = rest.length === 0 ? undefined : rest;
  return message;
}

function metadataOf({ wireType, data }: UnknownField): RpcFunctionMetadata | undefined {
  if (wireType !== WIRE_LENGTH) {
    return undefined;
  }
  const bytes = new BinaryReader(data).bytes();
  const request = decodeFields(FunctionLoadRequestSchema, bytes, NOTHING) as FunctionLoadRequest | undefined;
  if (request?.metadata === undefined || request.metadata.name === "" || request.$unknown !== undefined) {
    return undefined;
  }
  request.metadata.functionId = request.functionId;
  request.metadata.managedDependencyEnabled = request.managedDependencyEnabled;
  return request.metadata;
}
