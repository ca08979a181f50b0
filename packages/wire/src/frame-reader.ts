import type { FramePosition } from "./frame-walker.ts";
import {
  DEFAULT_MAX_FRAME_BYTES,
  FLAG_ACK,
  FLAG_END_HEADERS,
  FLAG_END_STREAM,
  FLAG_PADDED,
  FRAME_CONTINUATION,
  FRAME_DATA,
  FRAME_GOAWAY,
  FRAME_HEADER_BYTES,
  FRAME_HEADERS,
  FRAME_PUSH_PROMISE,
  FRAME_RST_STREAM,
  FRAME_SETTINGS,
  PREFACE,
  type Side,
  streamIdAt,
} from "./frames.ts";

/** Longest payload that is put together in memory; DATA passes through in pieces and has no limit here. */
const MAX_WHOLE_PAYLOAD_BYTES = 1 << 20;

/** Stands for the type of a frame whose header was lost. */
const LOST_FRAME = -1;

/** Where a reader's frames go. Bytes are views, good until the call returns. */
export type FrameSink = {
  /** A DATA frame begins, with this many bytes of content. */
  dataBegan(side: Side, stream: number, length: number): void;
  /** A piece of a DATA frame's content, without padding. Pieces of one frame follow each other. */
  data(side: Side, stream: number, bytes: Uint8Array, start: number, end: number): void;
  /** A DATA frame with END_STREAM is complete. */
  dataEnded(side: Side, stream: number): void;
  /** Any other known frame, with its whole payload. Returns the reason where the connection cannot be read on. */
  frame(side: Side, frame: Frame, bytes: Uint8Array, start: number, end: number): string | undefined;
};

/** The header of a frame. RFC 9113, 4.1. */
export type Frame = { readonly type: number; readonly flags: number; readonly stream: number };

/** What comes next in the bytes. */
type Step = "preface" | "header" | "pad-length" | "data" | "skip" | "collect";

/** Everything a reader remembers between chunks, as plain data. */
export type FrameReaderState = {
  readonly step: Step;
  /** Bytes of this step that were put aside: of the frame header, or of a payload that must be whole. */
  readonly held: Uint8Array;
  readonly prefaceBytes: number;
  readonly isFirstFrame: boolean;
  readonly maxFrameBytes: number;
  readonly openBlock: number;
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly left: number;
  readonly skipLeft: number;
};

/** Cuts one direction's bytes into frames. RFC 9113, 4.1 and 6. */
export class FrameReader {
  /** The largest payload the sender may use: what the other side set with SETTINGS_MAX_FRAME_SIZE. */
  maxFrameBytes = DEFAULT_MAX_FRAME_BYTES;
  readonly #side: Side;
  readonly #sink: FrameSink;
  #step: Step;
  #prefaceBytes = 0;
  #isFirstFrame = true;
  /** The stream of a header block that waits for its CONTINUATION; until then nothing else may come. */
  #openBlock = 0;
  readonly #header = new Uint8Array(FRAME_HEADER_BYTES);
  #headerBytes = 0;
  #payload: Uint8Array = new Uint8Array(0);
  #payloadBytes = 0;
  #type = 0;
  #flags = 0;
  #stream = 0;
  /** Bytes to come of the content (step "data") or of the whole payload (step "collect"). */
  #left = 0;
  /** Bytes to come behind the content: padding, or all of a frame that is not looked at. */
  #skipLeft = 0;

  constructor(side: Side, sink: FrameSink) {
    this.#side = side;
    this.#sink = sink;
    this.#step = side === "worker" ? "preface" : "header";
  }

  /** Reads a chunk, cut anywhere. Returns the reason where it is not HTTP/2; then nothing more may be read. */
  read(bytes: Uint8Array): string | undefined {
    const end = bytes.length;
    let position = 0;
    // Frames without payload complete at a chunk's end too, hence the steps that need no byte.
    while (position < end || (this.#step !== "header" && this.#step !== "preface" && this.#needsNothing())) {
      let reason: string | undefined;
      switch (this.#step) {
        case "preface":
          if (bytes[position] !== PREFACE[this.#prefaceBytes]) {
            return wrongPreface(bytes[position] ?? 0, this.#prefaceBytes);
          }
          position++;
          if (++this.#prefaceBytes === PREFACE.length) {
            this.#step = "header";
          }
          break;
        case "header":
          if (this.#headerBytes === 0 && end - position >= FRAME_HEADER_BYTES) {
            reason = this.#begin(bytes, position);
            position += FRAME_HEADER_BYTES;
          } else {
            this.#header[this.#headerBytes++] = bytes[position++] ?? 0;
            if (this.#headerBytes < FRAME_HEADER_BYTES) {
              break;
            }
            this.#headerBytes = 0;
            reason = this.#begin(this.#header, 0);
          }
          break;
        case "pad-length":
          reason = this.#readPadLength(bytes[position++] ?? 0);
          break;
        case "data": {
          const taken = Math.min(this.#left, end - position);
          if (taken > 0) {
            this.#sink.data(this.#side, this.#stream, bytes, position, position + taken);
          }
          position += taken;
          this.#left -= taken;
          if (this.#left === 0) {
            this.#step = "skip";
          }
          break;
        }
        case "skip": {
          const taken = Math.min(this.#skipLeft, end - position);
          position += taken;
          this.#skipLeft -= taken;
          if (this.#skipLeft > 0) {
            break;
          }
          this.#step = "header";
          if (this.#type === FRAME_DATA && (this.#flags & FLAG_END_STREAM) !== 0) {
            this.#sink.dataEnded(this.#side, this.#stream);
          }
          break;
        }
        case "collect":
          if (this.#payloadBytes === 0 && end - position >= this.#left) {
            const start = position;
            position += this.#left;
            reason = this.#finish(bytes, start, position);
          } else {
            const taken = Math.min(this.#left - this.#payloadBytes, end - position);
            this.#collect(bytes, position, position + taken);
            position += taken;
            if (this.#payloadBytes < this.#left) {
              break;
            }
            reason = this.#finish(this.#payload, 0, this.#left);
          }
          break;
      }
      if (reason !== undefined) {
        return reason;
      }
    }
    return undefined;
  }

  /** Goes on behind bytes that were lost: the rest of the current frame is passed over. */
  resume({ payloadLeft, header }: FramePosition): void {
    this.#prefaceBytes = PREFACE.length;
    this.#isFirstFrame = false;
    this.#openBlock = 0;
    this.#payload = new Uint8Array(0);
    this.#payloadBytes = 0;
    this.#type = LOST_FRAME;
    this.#skipLeft = payloadLeft;
    this.#step = payloadLeft > 0 ? "skip" : "header";
    this.#header.set(header);
    this.#headerBytes = header.length;
  }

  save(): FrameReaderState {
    const held =
      this.#step === "collect" ? this.#payload.slice(0, this.#payloadBytes) : this.#header.slice(0, this.#headerBytes);
    return {
      step: this.#step,
      held,
      prefaceBytes: this.#prefaceBytes,
      isFirstFrame: this.#isFirstFrame,
      maxFrameBytes: this.maxFrameBytes,
      openBlock: this.#openBlock,
      type: this.#type,
      flags: this.#flags,
      stream: this.#stream,
      left: this.#left,
      skipLeft: this.#skipLeft,
    };
  }

  restore(state: FrameReaderState): void {
    this.#step = state.step;
    this.#prefaceBytes = state.prefaceBytes;
    this.#isFirstFrame = state.isFirstFrame;
    this.maxFrameBytes = state.maxFrameBytes;
    this.#openBlock = state.openBlock;
    this.#type = state.type;
    this.#flags = state.flags;
    this.#stream = state.stream;
    this.#left = state.left;
    this.#skipLeft = state.skipLeft;
    if (state.step === "collect") {
      this.#collect(state.held, 0, state.held.length);
    } else {
      this.#header.set(state.held);
      this.#headerBytes = state.held.length;
    }
  }

  #needsNothing(): boolean {
    if (this.#step === "skip") {
      return this.#skipLeft === 0;
    }
    return this.#step !== "pad-length" && this.#left === 0;
  }

  /** Takes in a frame header and decides what becomes of the payload. */
  #begin(bytes: Uint8Array, at: number): string | undefined {
    const length = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const type = bytes[at + 3] ?? 0;
    const flags = bytes[at + 4] ?? 0;
    const stream = streamIdAt(bytes, at + 5);
    this.#type = type;
    this.#flags = flags;
    this.#stream = stream;
    if (this.#isFirstFrame) {
      if (type !== FRAME_SETTINGS || stream !== 0 || (flags & FLAG_ACK) !== 0) {
        return wrongFirstFrame(bytes, at);
      }
      this.#isFirstFrame = false;
    }
    if (length > this.maxFrameBytes) {
      return `a frame of ${length} bytes, where ${this.maxFrameBytes} are allowed`;
    }
    if (this.#openBlock !== 0 && (type !== FRAME_CONTINUATION || stream !== this.#openBlock)) {
      return `a header block of stream ${this.#openBlock} is interrupted by another frame`;
    }
    if (type === FRAME_DATA) {
      if (stream === 0) {
        return "a DATA frame without a stream";
      }
      this.#left = length;
      this.#skipLeft = 0;
      this.#step = (flags & FLAG_PADDED) === 0 ? "data" : "pad-length";
      if (this.#step === "data") {
        this.#sink.dataBegan(this.#side, stream, length);
      }
      return this.#step === "pad-length" && length === 0 ? "a padded frame without a pad length" : undefined;
    }
    if (!isWanted(type)) {
      this.#skipLeft = length;
      this.#step = "skip";
      return undefined;
    }
    if (length > MAX_WHOLE_PAYLOAD_BYTES) {
      return `a frame of type ${type} with ${length} bytes`;
    }
    const reason = this.#trackBlock(type, flags, stream);
    this.#left = length;
    this.#step = "collect";
    return reason;
  }

  #trackBlock(type: number, flags: number, stream: number): string | undefined {
    if (type !== FRAME_HEADERS && type !== FRAME_PUSH_PROMISE && type !== FRAME_CONTINUATION) {
      return undefined;
    }
    if (stream === 0) {
      return "a header block without a stream";
    }
    if (type === FRAME_CONTINUATION && this.#openBlock === 0) {
      return "a CONTINUATION frame without a header block";
    }
    this.#openBlock = (flags & FLAG_END_HEADERS) === 0 ? stream : 0;
    return undefined;
  }

  #readPadLength(padding: number): string | undefined {
    this.#left -= 1 + padding;
    if (this.#left < 0) {
      return "a frame's padding is longer than the frame";
    }
    this.#skipLeft = padding;
    this.#step = "data";
    this.#sink.dataBegan(this.#side, this.#stream, this.#left);
    return undefined;
  }

  #collect(bytes: Uint8Array, start: number, end: number): void {
    const needed = this.#payloadBytes + end - start;
    if (needed > this.#payload.length) {
      const larger = new Uint8Array(Math.min(this.#left, needed * 2));
      larger.set(this.#payload.subarray(0, this.#payloadBytes));
      this.#payload = larger;
    }
    this.#payload.set(bytes.subarray(start, end), this.#payloadBytes);
    this.#payloadBytes = needed;
  }

  #finish(bytes: Uint8Array, start: number, end: number): string | undefined {
    this.#payload = new Uint8Array(0);
    this.#payloadBytes = 0;
    this.#step = "header";
    return this.#sink.frame(
      this.#side,
      { type: this.#type, flags: this.#flags, stream: this.#stream },
      bytes,
      start,
      end,
    );
  }
}

function isWanted(type: number): boolean {
  return (
    type === FRAME_HEADERS ||
    type === FRAME_RST_STREAM ||
    type === FRAME_SETTINGS ||
    type === FRAME_PUSH_PROMISE ||
    type === FRAME_GOAWAY ||
    type === FRAME_CONTINUATION
  );
}

/** What a client sent instead of the preface, judged by its first wrong byte (so that it does not depend on chunks). */
function wrongPreface(byte: number, index: number): string {
  if (index === 0 && byte === 0x16) {
    return "this looks like TLS, not like HTTP/2 in plain text";
  }
  if (index <= 1 && byte >= 0x41 && byte <= 0x5a) {
    return "this looks like HTTP/1, not like HTTP/2";
  }
  return "this is not HTTP/2: its first bytes are not the client's preface";
}

/** What a side sent instead of a SETTINGS frame. RFC 9113, 3.4. */
function wrongFirstFrame(bytes: Uint8Array, at: number): string {
  if (String.fromCharCode(...bytes.subarray(at, at + 7)) === "HTTP/1.") {
    return "this looks like HTTP/1, not like HTTP/2";
  }
  return "this is not HTTP/2: it does not begin with a SETTINGS frame";
}
