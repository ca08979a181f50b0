/** Finds the names of shared memory maps in one direction of an event stream, as its bytes come. No schema, no copy. */
import { GrpcPrefix, isGrpcFlag, PREFIX_BYTES } from "@inspector/wire/grpc-prefix";
import { ProtobufFields, WIRE_LENGTH } from "@inspector/wire/protobuf-fields";
import { KIND } from "../content-kinds.ts";
import type { TakeContent } from "./stream-contents.ts";

/**
 * Where they stand: StreamingMessage → invocation_request (4) or invocation_response (5) → input_data (3) or
 * output_data (2) → rpc_shared_memory (3) → name (1).
 */
const BINDINGS_OF: ReadonlyMap<number, number> = new Map<number, number>([
  [KIND.invocationRequest, 3],
  [KIND.invocationResponse, 2],
]);
const RPC_SHARED_MEMORY = 3;
const NAME = 1;

/** Names are GUIDs; what is longer names no file. */
const MAX_NAME_BYTES = 200;
/** A message with more is none of a host or worker, and each costs a look at the file system: the rest is passed over. */
const MAX_NAMES = 64;

/**
 * @param onName gets a name as soon as its last byte is there, and which message of this direction it stands in (1, 2, 3 …)
 * @returns takes the content from the stream's first byte on. What is compressed, or no protobuf, is passed over; what is
 * not gRPC is not looked at any further.
 */
export function createMapNames(onName: (name: string, message: number) => void): TakeContent {
  let isGrpc = true;
  let message = 0;
  /** Names that were found in the current message. */
  let names = 0;
  const prefix = new GrpcPrefix();
  let isInMessage = false;
  let size = 0;
  /** Bytes of the message that were seen. */
  let at = 0;
  /** Ends, as counted by `at`, of the messages within which the next field stands: the outermost first. */
  let ends: number[] = [];
  /** Field numbers by which they were entered. */
  let path: number[] = [];
  const fields = new ProtobufFields();
  let phase: "field" | "skip" | "name" = "field";
  let left = 0;
  let name: Uint8Array[] = [];

  /**
   * Takes what is there of a prefix, and the message with it where that is there as a whole and need not be looked through.
   * Returns the position behind that.
   */
  function takePrefix(chunk: Uint8Array, start: number, end: number): number {
    const isAtOnce = prefix.isWhole && end - start >= PREFIX_BYTES;
    const from = prefix.read(chunk, start, end);
    isGrpc = isGrpcFlag(prefix.flag);
    if (!prefix.isWhole) {
      return from;
    }
    size = prefix.size;
    const isPassedOver = prefix.flag === 1 || (isAtOnce && hasNoBindings(fields, chunk, from, end, size));
    if (isPassedOver && size <= end - from) {
      message += 1;
      return from + size;
    }
    begin(isPassedOver);
    return from;
  }

  function begin(isPassedOver: boolean): void {
    isInMessage = true;
    message += 1;
    at = 0;
    names = 0;
    ends = [size];
    path = [];
    phase = "field";
    fields.begin(0);
    if (isPassedOver) {
      giveUp();
    } else {
      leave();
    }
  }

  /** The rest of the message is passed over. */
  function giveUp(): void {
    ends = [size];
    skip(size - at);
  }

  function skip(bytes: number): void {
    if (bytes > (ends.at(-1) ?? 0) - at) {
      return giveUp();
    }
    phase = bytes > 0 ? "skip" : "field";
    left = bytes;
    if (bytes === 0) {
      leave();
    }
  }

  /** Goes back to the messages around those that are at their end. */
  function leave(): void {
    while (ends.length > 0 && at === ends.at(-1)) {
      ends.pop();
      path.pop();
    }
    if (ends.length === 0) {
      isInMessage = false;
    }
  }

  /** Reads up to a field's value, or to what is there of its tag. Returns the position behind that. */
  function takeField(chunk: Uint8Array, start: number, end: number): number {
    fields.goOn(start);
    const read = fields.read(chunk, Math.min(end, start + (ends.at(-1) ?? 0) - at));
    at += fields.at - start;
    if (read === "malformed" || (read === "more" && at === ends.at(-1))) {
      giveUp();
    } else if (read === "field" && fields.wireType === WIRE_LENGTH) {
      takeLength(fields.size);
    } else if (read === "field") {
      skip(fields.size);
    }
    return fields.at;
  }

  function takeLength(bytes: number): void {
    if (bytes > (ends.at(-1) ?? 0) - at) {
      giveUp();
    } else if (isOnTheWay()) {
      path.push(fields.number);
      ends.push(at + bytes);
      phase = "field";
      leave();
    } else if (path.length === 3 && fields.number === NAME && bytes > 0 && bytes <= MAX_NAME_BYTES) {
      phase = "name";
      left = bytes;
      name = [];
    } else {
      skip(bytes);
    }
  }

  /** Whether what is looked for may stand within the current field. */
  function isOnTheWay(): boolean {
    if (path.length === 0) {
      return BINDINGS_OF.has(fields.number);
    }
    if (path.length === 1) {
      return fields.number === BINDINGS_OF.get(path[0] ?? 0);
    }
    return path.length === 2 && fields.number === RPC_SHARED_MEMORY;
  }

  function takeBytes(chunk: Uint8Array, start: number, end: number): number {
    const taken = Math.min(left, end - start);
    if (phase === "name") {
      name.push(chunk.slice(start, start + taken));
    }
    left -= taken;
    at += taken;
    if (left > 0) {
      return taken;
    }
    if (phase === "name") {
      onName(Buffer.concat(name).toString("utf8"), message);
      names += 1;
    }
    phase = "field";
    if (names === MAX_NAMES) {
      giveUp();
    } else {
      leave();
    }
    return taken;
  }

  return (chunk, start, end) => {
    for (let position = start; position < end && isGrpc; ) {
      if (!isInMessage) {
        position = takePrefix(chunk, position, end);
      } else if (phase === "skip" || phase === "name") {
        position += takeBytes(chunk, position, end);
      } else {
        position = takeField(chunk, position, end);
      }
    }
  };
}

const REQUEST_ID = 1;

/**
 * Tells most messages that need not be looked through, at the cost of a few bytes: a request id and one field behind it, up
 * to the message's end, which is no invocation. False where that cannot be seen at once.
 */
function hasNoBindings(fields: ProtobufFields, chunk: Uint8Array, start: number, end: number, size: number): boolean {
  fields.begin(start);
  let read = fields.read(chunk, end);
  if (read === "field" && fields.number === REQUEST_ID) {
    fields.skip(fields.size);
    read = fields.read(chunk, end);
  }
  const isContent = read === "field" && fields.wireType === WIRE_LENGTH && !BINDINGS_OF.has(fields.number);
  return isContent && fields.at + fields.size === start + size;
}
