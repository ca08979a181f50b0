/**
 * Files that hold messages instead of bytes: each call is framed anew as gRPC over HTTP/2 and read by the ingest that reads
 * recordings, so that what is known of messages is known in one place.
 */

import { joinBytes } from "@inspector/proto";
import {
  DEFAULT_MAX_FRAME_BYTES,
  FLAG_END_HEADERS,
  FLAG_END_STREAM,
  FRAME_CONTINUATION,
  FRAME_DATA,
  FRAME_HEADERS,
  FRAME_RST_STREAM,
  FRAME_SETTINGS,
  PREFACE,
  type Side,
} from "@inspector/wire/frames";
import { PREFIX_BYTES } from "@inspector/wire/grpc-prefix";
import type { ConnectionIngest } from "../connection/connection-ingest.ts";
import { frame, type Header, headerBlock } from "../http2-frames.ts";
import type { ImportedSession } from "./imported-session.ts";

const STREAM = 1;

export type CallStart = {
  /** Of the host, as far as the file says it; "" where it does not. */
  readonly server: string;
  /** "/package.Service/Method" */
  readonly path: string;
  readonly metadata: readonly Header[];
  readonly at: number;
};

export type FramedMessage = {
  readonly bytes: Uint8Array;
  /** Bytes that it had when it crossed: more than there are where the file has only its beginning. */
  readonly length: number;
};

/**
 * One call on a connection of its own. States: begun -> answered by the first thing of the host -> over by {@link FramedCall.trailers},
 * {@link FramedCall.cancel} or {@link FramedCall.end}. What comes behind that is passed over.
 */
export class FramedCall {
  readonly #session: ImportedSession;
  readonly #connection: ConnectionIngest;
  #isAnswered = false;
  #isOver = false;

  constructor(session: ImportedSession, { server, path, metadata, at }: CallStart) {
    this.#session = session;
    this.#connection = session.connection(server, at);
    const headers: Header[] = [
      [":method", "POST"],
      [":scheme", "http"],
      [":path", path],
      ["te", "trailers"],
      ["content-type", "application/grpc"],
    ];
    this.#push("worker", joinBytes([PREFACE, frame(FRAME_SETTINGS, 0, 0)]), at);
    this.#push("worker", headerFrame([...headers, ...withoutKnown(metadata)], FLAG_END_HEADERS), at);
  }

  /** The host's headers. */
  answer(metadata: readonly Header[], at: number): void {
    if (this.#isAnswered || this.#isOver) {
      return;
    }
    this.#isAnswered = true;
    const headers: Header[] = [
      [":status", "200"],
      ["content-type", "application/grpc"],
    ];
    this.#push("host", frame(FRAME_SETTINGS, 0, 0), at);
    this.#push("host", headerFrame([...headers, ...withoutKnown(metadata)], FLAG_END_HEADERS), at);
  }

  message(side: Side, { bytes, length }: FramedMessage, at: number): void {
    if (this.#isOver) {
      return;
    }
    if (side === "host") {
      this.answer([], at);
    }
    const prefix = new Uint8Array(PREFIX_BYTES);
    prefix.set(bigEndian(length), 1);
    const whole = joinBytes([prefix, bytes]);
    for (let start = 0; start < whole.length; start += DEFAULT_MAX_FRAME_BYTES) {
      this.#push(side, frame(FRAME_DATA, 0, STREAM, whole.subarray(start, start + DEFAULT_MAX_FRAME_BYTES)), at);
    }
    if (bytes.length < length) {
      this.#connection.cut(side, at);
    }
  }

  /** The worker will not say more. */
  halfClose(at: number): void {
    if (!this.#isOver) {
      this.#push("worker", frame(FRAME_DATA, FLAG_END_STREAM, STREAM), at);
    }
  }

  trailers(status: number, message: string, metadata: readonly Header[], at: number): void {
    if (this.#isOver) {
      return;
    }
    this.answer([], at);
    const headers: Header[] = [["grpc-status", String(status)]];
    if (message !== "") {
      // JSON may hold half of a pair of surrogates, which has no bytes in UTF-8.
      headers.push(["grpc-message", encodeURIComponent(message.replaceAll(/\p{Surrogate}/gu, "\ufffd"))]);
    }
    this.#push("host", headerFrame([...headers, ...withoutKnown(metadata)], FLAG_END_HEADERS | FLAG_END_STREAM), at);
    this.end(at);
  }

  /** The worker cancels the call. */
  cancel(at: number): void {
    if (!this.#isOver) {
      this.#push("worker", frame(FRAME_RST_STREAM, 0, STREAM, bigEndian(CANCEL)), at);
      this.end(at);
    }
  }

  /** Nothing more is known of it. */
  end(at: number): void {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#session.close(this.#connection, at);
    }
  }

  #push(side: Side, bytes: Uint8Array, at: number): void {
    this.#session.countPush(bytes.length);
    this.#connection.push(side, bytes, at);
  }
}

function bigEndian(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/** RFC 9113, 7 */
const CANCEL = 8;

/** A frame of the largest size is read without asking; what is longer goes on in the next. */
function headerFrame(headers: readonly Header[], flags: number): Uint8Array {
  const block = headerBlock(headers);
  const pieces: Uint8Array[] = [];
  for (let start = 0; start === 0 || start < block.length; start += DEFAULT_MAX_FRAME_BYTES) {
    const isLast = start + DEFAULT_MAX_FRAME_BYTES >= block.length;
    const type = start === 0 ? FRAME_HEADERS : FRAME_CONTINUATION;
    const own = (isLast ? flags & FLAG_END_HEADERS : 0) | (start === 0 ? flags & FLAG_END_STREAM : 0);
    pieces.push(frame(type, own, STREAM, block.subarray(start, start + DEFAULT_MAX_FRAME_BYTES)));
  }
  return joinBytes(pieces);
}

/** What a call has in any case is not said twice, and names of headers are in lower case. */
function withoutKnown(metadata: readonly Header[]): Header[] {
  return metadata
    .map(([name, value]): Header => [name.toLowerCase(), value])
    .filter(([name]) => !name.startsWith(":") && !KNOWN.has(name));
}

const KNOWN: ReadonlySet<string> = new Set(["te", "content-type", "grpc-status", "grpc-message"]);
