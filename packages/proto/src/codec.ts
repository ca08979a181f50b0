import { type JsonValue, toBinary } from "@bufbuild/protobuf";
import { type StreamingMessage, StreamingMessageSchema } from "./gen/FunctionRpc_pb.ts";
import { JsonFault, readJson } from "./json-read.ts";
import { writeJson } from "./json-write.ts";
import { decodeRevision, type Revision } from "./revisions.ts";

/** Undecodable bytes are ordinary data here (a cut-off recording, another protocol), so decoding never throws. */
export type Decoded =
  /** `revision` is there where the message was read as one of an older revision that used a number otherwise. */
  | { readonly ok: true; readonly message: StreamingMessage; readonly revision?: Revision }
  | { readonly ok: false; readonly reason: string };

export type Parsed =
  | { readonly ok: true; readonly message: StreamingMessage }
  /** `path` says where: keys and indexes joined by dots, "" for the whole. */
  | { readonly ok: false; readonly reason: string; readonly path: string };

/**
 * Decodes a StreamingMessage of any revision of the contract; never throws, and loses nothing but the form.
 *
 * What the contract of today does not know, or knows otherwise, is kept as unknown fields (`$unknown`) of the message it
 * stood in. Only bytes that are not protobuf at the top level give `ok: false`. Fields of type bytes are views of `bytes`.
 * @param revision read by this revision, see {@link Revision}; v1.5.1 is recognised without it
 */
export function decodeMessage(bytes: Uint8Array, revision?: Revision): Decoded {
  const decoded = decodeRevision(bytes, revision);
  if (decoded === undefined) {
    return { ok: false, reason: "These bytes are not a protobuf message, or its end is missing." };
  }
  return { ok: true, ...decoded };
}

/**
 * Bytes of a message: fields by number, defaults left out, unknown fields last. Real workers write other forms of the
 * same message, so what was received is forwarded and kept as it came, never re-encoded.
 * @throws {Error} where the message holds values its types forbid, such as an int32 of 2^40
 */
export function encodeMessage(message: StreamingMessage): Uint8Array {
  return toBinary(StreamingMessageSchema, message);
}

/**
 * Canonical proto3 JSON: lowerCamelCase names, defaults left out, int64 as text, bytes as base64, Duration as "5s". Two
 * additions keep it lossless: unknown fields stand in the object of their message as `"$unknown": "<base64>"`, and a
 * Duration or Timestamp that has no text form becomes an object of its fields.
 */
export function messageToJson(message: StreamingMessage): JsonValue {
  return writeJson(StreamingMessageSchema, message);
}

/** Inverse of {@link messageToJson}; takes parsed JSON, never throws. Nothing but known fields and "$unknown" is accepted. */
export function messageFromJson(json: unknown): Parsed {
  try {
    return { ok: true, message: readJson(StreamingMessageSchema, json, []) as StreamingMessage };
  } catch (error) {
    if (error instanceof JsonFault) {
      return { ok: false, reason: error.message, path: error.path };
    }
    throw error;
  }
}
