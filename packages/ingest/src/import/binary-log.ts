/**
 * gRPC's binary logs (proposal A16): `grpc.binarylog.v1.GrpcLogEntry` one behind the other, each behind its length. Go writes that as
 * four bytes, most significant first; Java's `writeDelimitedTo` as a varint.
 * @see https://github.com/grpc/proposal/blob/master/A16-binary-logging.md
 * @see https://github.com/grpc/grpc-proto/blob/master/grpc/binlog/v1/binarylog.proto
 */

import { decodeUtf8, encodeBase64 } from "@inspector/proto";
import { latin1 } from "@inspector/wire/latin1";
import { ProtobufFields, WIRE_LENGTH, WIRE_VARINT } from "@inspector/wire/protobuf-fields";
import type { Header } from "../http2-frames.ts";
import { uint32 } from "./byte-numbers.ts";
import { BytesAhead } from "./bytes-ahead.ts";
import type { RecordReader } from "./record-reader.ts";

/** The largest message that a binary log is read with: an entry stands in memory as a whole. */
const MAX_ENTRY_BYTES = 64 * 1024 * 1024;
const LENGTH_BYTES = 4;
const MAX_VARINT_BYTES = 5;
const NANOS_PER_SECOND = 1_000_000_000n;

export const ENTRY = {
  clientHeader: 1,
  serverHeader: 2,
  clientMessage: 3,
  serverMessage: 4,
  clientHalfClose: 5,
  serverTrailer: 6,
  cancel: 7,
} as const;

export type LogEntry = {
  /** Nanoseconds since the Unix epoch. */
  readonly at: bigint;
  readonly call: number;
  /** One of {@link ENTRY}; others are passed over. */
  readonly type: number;
  /** Of the connection's other end, as "10.0.0.1:50051"; "" where it is not told. */
  readonly peer: string;
  readonly isLoggedByServer: boolean;
  /** Of a client's header, as "/package.Service/Method". */
  readonly method: string;
  readonly metadata: readonly Header[];
  readonly message: { readonly length: number; readonly data: Uint8Array };
  readonly status: number;
  readonly statusMessage: string;
};

/** @param bytes the first bytes of a file, at least 16. @returns undefined where they begin no binary log */
export function createBinaryLogReader(bytes: Uint8Array): RecordReader<LogEntry> | undefined {
  if (bytes.length < 16) {
    return undefined;
  }
  // An entry begins with its time, a message of 2 to 18 bytes, whose first field is a varint.
  const begins = (at: number): boolean =>
    bytes[at] === 0x0a && (bytes[at + 1] ?? 0) >= 2 && (bytes[at + 1] ?? 99) <= 18 && bytes[at + 2] === 0x08;
  if (begins(LENGTH_BYTES) && uint32(bytes, 0) <= MAX_ENTRY_BYTES) {
    return new BinaryLogReader("four bytes");
  }
  const varint = varintIn(bytes);
  return varint !== undefined && varint.value <= MAX_ENTRY_BYTES && begins(varint.bytes)
    ? new BinaryLogReader("varint")
    : undefined;
}

class BinaryLogReader implements RecordReader<LogEntry> {
  damage: string | undefined;
  readonly #ahead = new BytesAhead();
  readonly #lengths: "four bytes" | "varint";

  constructor(lengths: "four bytes" | "varint") {
    this.#lengths = lengths;
  }

  get bytesLeft(): number {
    return this.#ahead.length;
  }

  append(bytes: Uint8Array): void {
    this.#ahead.append(bytes);
  }

  next(): LogEntry | undefined {
    const head = this.damage === undefined ? this.#head() : undefined;
    if (head === undefined) {
      return undefined;
    }
    if (head.value > MAX_ENTRY_BYTES) {
      this.damage = `it has an entry of ${head.value} bytes`;
      return undefined;
    }
    const entry = this.#ahead.take(head.bytes + head.value)?.subarray(head.bytes);
    if (entry === undefined) {
      return undefined;
    }
    const read = readEntry(entry);
    if (read === undefined) {
      this.damage = "it has an entry that is no GrpcLogEntry";
    }
    return read;
  }

  #head(): { value: number; bytes: number } | undefined {
    if (this.#lengths === "four bytes") {
      const bytes = this.#ahead.peek(LENGTH_BYTES);
      return bytes && { value: uint32(bytes, 0), bytes: LENGTH_BYTES };
    }
    const bytes = this.#ahead.peek(Math.min(MAX_VARINT_BYTES, this.#ahead.length));
    return bytes && varintIn(bytes);
  }
}

/** A varint of 32 bits; of what is none, a value above any limit. */
function varintIn(bytes: Uint8Array): { value: number; bytes: number } | undefined {
  let value = 0;
  for (let at = 0; at < MAX_VARINT_BYTES; at += 1) {
    const byte = bytes[at];
    if (byte === undefined) {
      return undefined;
    }
    value += (byte & 0x7f) * 128 ** at;
    if (byte < 0x80) {
      return { value, bytes: at + 1 };
    }
  }
  return { value: Number.POSITIVE_INFINITY, bytes: MAX_VARINT_BYTES };
}

/** The fields of a message: numbers as they are, messages, texts and bytes as their bytes. Undefined where it is no protobuf. */
type Fields = readonly { readonly number: number; readonly value: number; readonly bytes: Uint8Array }[];

/** No entry has more; a hostile one would fill memory with empty ones. */
const MAX_FIELDS = 10_000;

function fieldsOf(message: Uint8Array): Fields | undefined {
  const found: { number: number; value: number; bytes: Uint8Array }[] = [];
  const fields = new ProtobufFields();
  fields.begin(0);
  while (fields.at < message.length) {
    const start = fields.at;
    const isField = fields.read(message, message.length) === "field";
    if (!isField || fields.at + fields.size > message.length || found.length === MAX_FIELDS) {
      return undefined;
    }
    const bytes = message.subarray(fields.at, fields.at + (fields.wireType === WIRE_LENGTH ? fields.size : 0));
    const value = fields.wireType === WIRE_VARINT ? valueAt(message, start) : 0;
    found.push({ number: fields.number, value, bytes });
    fields.skip(fields.size);
  }
  return found;
}

/** The varint behind the tag that stands at `start`. */
function valueAt(message: Uint8Array, start: number): number {
  let at = start;
  while ((message[at] ?? 0) >= 0x80) {
    at += 1;
  }
  let value = 0;
  let scale = 1;
  for (at += 1; ; at += 1) {
    const byte = message[at] ?? 0;
    value += (byte & 0x7f) * scale;
    scale *= 128;
    if (byte < 0x80) {
      return value;
    }
  }
}

const NOTHING: Uint8Array = new Uint8Array();

function bytesOf(fields: Fields | undefined, number: number): Uint8Array {
  return fields?.find((field) => field.number === number)?.bytes ?? NOTHING;
}

function numberOf(fields: Fields | undefined, number: number): number {
  return fields?.find((field) => field.number === number)?.value ?? 0;
}

function textOf(fields: Fields | undefined, number: number): string {
  return decodeUtf8(bytesOf(fields, number));
}

const LOGGER_SERVER = 2;

function readEntry(bytes: Uint8Array): LogEntry | undefined {
  const entry = fieldsOf(bytes);
  const header = entry?.find(({ number }) => number === 6 || number === 7);
  const [message, trailer] = [fieldsOf(bytesOf(entry, 8)), fieldsOf(bytesOf(entry, 9))];
  const client = header && fieldsOf(header.bytes);
  const time = fieldsOf(bytesOf(entry, 1));
  if (entry === undefined || time === undefined || message === undefined || trailer === undefined) {
    return undefined;
  }
  const data = bytesOf(message, 2);
  return {
    at: BigInt(numberOf(time, 1)) * NANOS_PER_SECOND + BigInt(numberOf(time, 2)),
    call: numberOf(entry, 2),
    type: numberOf(entry, 4),
    peer: peerOf(bytesOf(entry, 11)),
    isLoggedByServer: numberOf(entry, 5) === LOGGER_SERVER,
    method: header?.number === 6 ? textOf(client, 2) : "",
    metadata: metadataOf(header === undefined ? bytesOf(trailer, 1) : bytesOf(client, 1)),
    message: { length: Math.max(numberOf(message, 1), data.length), data },
    status: numberOf(trailer, 2),
    statusMessage: textOf(trailer, 3),
  };
}

function metadataOf(bytes: Uint8Array): Header[] {
  return (fieldsOf(bytes) ?? []).map((field): Header => {
    const entry = fieldsOf(field.bytes);
    const name = textOf(entry, 1);
    // Binary metadata crosses as base64. gRPC over HTTP/2, Custom-Metadata
    const value = bytesOf(entry, 2);
    return [name, name.endsWith("-bin") ? encodeBase64(value) : latin1(value)];
  });
}

function peerOf(bytes: Uint8Array): string {
  const address = fieldsOf(bytes);
  const [host, port] = [textOf(address, 2), numberOf(address, 3)];
  return host === "" || port === 0 ? host : `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
