/** Writes HTTP/2 and gRPC by hand, so that a test can say things that no well-behaved library says. RFC 9113. */

import { FRAME_HEADER_BYTES } from "@inspector/wire/frames";

export const preface: Uint8Array = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");

export type FrameOptions = {
  readonly endStream?: boolean;
  /** Bytes of padding; the frame is marked as padded where it is given, 0 too. */
  readonly padding?: number;
};

export type HeadersOptions = FrameOptions & {
  /** Puts five bytes of priority before the block. */
  readonly priority?: boolean;
  /** Cuts the block into so many bytes for the HEADERS and each CONTINUATION frame. */
  readonly fragmentBytes?: number;
};

/** Any frame: type, flags and stream as they are given. */
export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array = new Uint8Array(0),
): Uint8Array {
  const bytes = Buffer.alloc(FRAME_HEADER_BYTES + payload.length);
  writeFrameHeader(bytes, 0, payload.length, type, flags, stream);
  bytes.set(payload, FRAME_HEADER_BYTES);
  return bytes;
}

/** The nine bytes before a payload, for who has room for both. */
export function writeFrameHeader(
  to: Buffer,
  at: number,
  length: number,
  type: number,
  flags: number,
  stream: number,
): void {
  to.writeUIntBE(length, at, 3);
  to[at + 3] = type;
  to[at + 4] = flags;
  to.writeUInt32BE(stream, at + 5);
}

/** A SETTINGS frame with identifiers and values. */
export function settings(...entries: readonly (readonly [id: number, value: number])[]): Uint8Array {
  const payload = Buffer.alloc(entries.length * 6);
  for (const [i, [id, value]] of entries.entries()) {
    payload.writeUInt16BE(id, i * 6);
    payload.writeUInt32BE(value, i * 6 + 2);
  }
  return frame(4, 0, 0, payload);
}

export function settingsAck(): Uint8Array {
  return frame(4, 1, 0);
}

export function data(stream: number, content: Uint8Array, options: FrameOptions = {}): Uint8Array {
  const flags = (options.endStream ? 0x1 : 0) | (options.padding === undefined ? 0 : 0x8);
  return frame(0, flags, stream, pad(content, options.padding));
}

/** HEADERS, and CONTINUATION frames where `fragmentBytes` asks for them. */
export function headers(
  stream: number,
  fields: readonly (readonly [string, string])[],
  options: HeadersOptions = {},
): Uint8Array {
  return headersOf(stream, headerBlock(fields), options);
}

/** As {@link headers}, of a block that is already encoded. */
export function headersOf(stream: number, block: Uint8Array, options: HeadersOptions = {}): Uint8Array {
  const size = options.fragmentBytes ?? Math.max(block.length, 1);
  const first = Buffer.concat([Buffer.alloc(options.priority ? 5 : 0), block.subarray(0, size)]);
  const flags =
    (options.endStream ? 0x1 : 0) |
    (size >= block.length ? 0x4 : 0) |
    (options.padding === undefined ? 0 : 0x8) |
    (options.priority ? 0x20 : 0);
  const frames = [frame(1, flags, stream, pad(first, options.padding))];
  for (let at = size; at < block.length; at += size) {
    frames.push(frame(9, at + size >= block.length ? 0x4 : 0, stream, block.subarray(at, at + size)));
  }
  return Buffer.concat(frames);
}

export function resetStream(stream: number, code: number): Uint8Array {
  return frame(3, 0, stream, uint32(code));
}

export function windowUpdate(stream: number, bytes: number): Uint8Array {
  return frame(8, 0, stream, uint32(bytes));
}

/** The answer to a PING with this payload. */
export function pong(payload: Uint8Array): Uint8Array {
  return frame(6, 1, 0, payload);
}

export function goaway(lastStream: number, code: number, debug = ""): Uint8Array {
  return frame(7, 0, 0, Buffer.concat([uint32(lastStream), uint32(code), Buffer.from(debug, "latin1")]));
}

/** A gRPC message with its prefix. */
export function grpcMessage(payload: Uint8Array, flag = 0): Uint8Array {
  return Buffer.concat([Buffer.from([flag]), uint32(payload.length), payload]);
}

/** HPACK without table and without Huffman: every field is a literal that is not indexed. RFC 7541, 6.2.2. */
export function headerBlock(fields: readonly (readonly [string, string])[]): Uint8Array {
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.from([0]), literal(name), literal(value)]));
}

function literal(text: string): Uint8Array {
  const bytes = Buffer.from(text, "latin1");
  if (bytes.length < 127) {
    return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  }
  const length = [127];
  let rest = bytes.length - 127;
  for (; rest >= 128; rest = Math.floor(rest / 128)) {
    length.push((rest % 128) | 0x80);
  }
  return Buffer.concat([Buffer.from([...length, rest]), bytes]);
}

function pad(content: Uint8Array, padding: number | undefined): Uint8Array {
  return padding === undefined ? content : Buffer.concat([Buffer.from([padding]), content, Buffer.alloc(padding)]);
}

function uint32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
