/** Messages with the values themselves where these were in shared memory: for those who cannot look there any more. */
import {
  ByteView,
  decodeMessage,
  FieldCursor,
  joinBytes,
  type ParameterBinding,
  RpcDataType,
  type RpcSharedMemory,
  type StreamingMessage,
} from "@inspector/proto";
import { lengthField, splice } from "./splice.ts";

/** Field numbers of the contract. */
const BINDINGS = {
  invocationRequest: { content: 4, bindings: 3 },
  invocationResponse: { content: 5, bindings: 2 },
} as const;
const DATA = 2;
const RPC_SHARED_MEMORY = 3;

/** Types whose number is also that of the field in TypedData, and whose value there is what stands in the map. */
const INLINED: ReadonlySet<RpcDataType> = new Set([
  RpcDataType.string,
  RpcDataType.json,
  RpcDataType.bytes,
  RpcDataType.stream,
]);

/** The bytes that a value in shared memory has; undefined where they are not at hand. */
export type ReadSharedMemory = (map: RpcSharedMemory) => Uint8Array | undefined;

/** Reads values of `limit` bytes in all, at most, the first that fit. */
export function readWithin(limit: number, read: ReadSharedMemory): ReadSharedMemory {
  let left = limit;
  return (map) => {
    const bytes = map.offset >= 0n && map.count >= 0n && map.count <= left ? read(map) : undefined;
    left -= bytes?.length ?? 0;
    return bytes;
  };
}

/** What a message says of shared memory, in order. A null value names no map and is left out. */
export function sharedMemoryIn({ content }: StreamingMessage): RpcSharedMemory[] {
  return bindingsOf(content).flatMap((binding) => mapOf(binding) ?? []);
}

/**
 * Puts values in the place of `rpc_shared_memory`; all other bytes stay as they were. What cannot be read, or is of a type
 * that does not travel in shared memory, stays as it is.
 *
 * @param bytes a StreamingMessage
 * @returns the same array where nothing was replaced
 */
export function inlineSharedMemory(bytes: Uint8Array, read: ReadSharedMemory): Uint8Array {
  const decoded = decodeMessage(bytes);
  if (!decoded.ok) {
    return bytes;
  }
  const { content } = decoded.message;
  if (content.case !== "invocationRequest" && content.case !== "invocationResponse") {
    return bytes;
  }
  const values = bindingsOf(content).map((binding) => {
    const map = mapOf(binding);
    const value = map !== undefined && INLINED.has(map.type) ? read(map) : undefined;
    return map && value && lengthField(DATA, lengthField(map.type, value));
  });
  if (values.every((value) => value === undefined)) {
    return bytes;
  }
  let at = 0;
  const inline = (binding: Uint8Array): Uint8Array => {
    const value = values[at];
    at += 1;
    return value === undefined ? binding : withData(binding, value);
  };
  const { content: number, bindings } = BINDINGS[content.case];
  return splice(bytes, 0, bytes.length, new Map([[number, new Map([[bindings, inline]])]])) ?? bytes;
}

function bindingsOf(content: StreamingMessage["content"]): readonly ParameterBinding[] {
  if (content.case === "invocationRequest") {
    return content.value.inputData;
  }
  return content.case === "invocationResponse" ? content.value.outputData : [];
}

function mapOf({ rpcData }: ParameterBinding): RpcSharedMemory | undefined {
  return rpcData.case === "rpcSharedMemory" && rpcData.value.name !== "" ? rpcData.value : undefined;
}

/** @param data the field to stand where the shared memory was named */
function withData(binding: Uint8Array, data: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  const cursor = new FieldCursor(new ByteView(binding), 0, binding.length);
  while (cursor.next()) {
    const { number, tag, end } = cursor;
    parts.push(number === RPC_SHARED_MEMORY ? data : binding.subarray(tag, end));
  }
  return joinBytes(parts);
}
