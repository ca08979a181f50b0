import { FRAME_HEADER_BYTES, FRAME_SETTINGS, PREFACE, type Side } from "./frames.ts";

/** Where a direction stands between two chunks: enough for a reader who lost what came before to find the next frame. */
export type FramePosition = {
  /** Payload bytes of the current frame that are still to come. */
  readonly payloadLeft: number;
  /** What was seen of the next frame's header; fewer than 9 bytes. */
  readonly header: readonly number[];
};

/**
 * Follows one direction of a connection from frame to frame by nothing but the length in each frame's header.
 *
 * Made for a relay's hot path: no allocation, no copy, and no look at payloads. Chunks may be cut anywhere.
 */
export class FrameWalker {
  /**
   * Whether this direction speaks HTTP/2: undefined until enough bytes are in. For the worker that is its preface, for
   * the host a SETTINGS frame, which RFC 9113, 3.4 makes the first one. Where it is false nothing is walked.
   */
  isHttp2: boolean | undefined;
  /** Payload bytes of the current frame that are still to come. */
  payloadLeft = 0;
  /** Frames whose header is complete. */
  frames = 0;
  readonly #side: Side;
  /** Bytes of the preface, or of a host's first frame header, that were seen. */
  #opening = 0;
  /** Bytes of a frame header that were seen, when a chunk ended within one. */
  #headerBytes = 0;
  readonly #header = new Uint8Array(FRAME_HEADER_BYTES);

  constructor(side: Side) {
    this.#side = side;
  }

  /** True where the next byte begins a frame. */
  get atFrameBoundary(): boolean {
    return this.isHttp2 === true && this.payloadLeft === 0 && this.#headerBytes === 0;
  }

  /** Undefined where this direction is not (or not yet) known to be HTTP/2. */
  position(): FramePosition | undefined {
    if (this.isHttp2 !== true) return undefined;
    return { payloadLeft: this.payloadLeft, header: [...this.#header.subarray(0, this.#headerBytes)] };
  }

  /** Walks `length` bytes of `chunk`, from `offset`. */
  walk(chunk: Uint8Array, offset: number, length: number): void {
    const end = offset + length;
    let position = offset;
    if (this.isHttp2 === undefined && this.#side === "worker") position = this.#matchPreface(chunk, position, end);
    if (this.#headerBytes > 0 || this.isHttp2 === undefined) position = this.#finishHeader(chunk, position, end);
    if (this.isHttp2 !== true) return;
    position += this.payloadLeft;
    let frames = 0;
    while (end - position >= FRAME_HEADER_BYTES) {
      position +=
        FRAME_HEADER_BYTES +
        (((chunk[position] ?? 0) << 16) | ((chunk[position + 1] ?? 0) << 8) | (chunk[position + 2] ?? 0));
      frames++;
    }
    this.frames += frames;
    this.payloadLeft = position > end ? position - end : 0;
    if (position < end) this.#finishHeader(chunk, position, end);
  }

  #matchPreface(chunk: Uint8Array, start: number, end: number): number {
    let position = start;
    for (; position < end && this.#opening < PREFACE.length; position++) {
      if (chunk[position] !== PREFACE[this.#opening++]) {
        this.isHttp2 = false;
        return position;
      }
    }
    if (this.#opening === PREFACE.length) this.isHttp2 = true;
    return position;
  }

  /** Takes bytes of a frame header that is split between chunks. */
  #finishHeader(chunk: Uint8Array, start: number, end: number): number {
    let position = start;
    while (position < end && this.isHttp2 !== false) {
      const byte = chunk[position++] ?? 0;
      this.#header[this.#headerBytes] = byte;
      if (this.#headerBytes === 3) this.isHttp2 ??= byte === FRAME_SETTINGS;
      if (++this.#headerBytes < FRAME_HEADER_BYTES) continue;
      this.frames++;
      this.payloadLeft = ((this.#header[0] ?? 0) << 16) | ((this.#header[1] ?? 0) << 8) | (this.#header[2] ?? 0);
      this.#headerBytes = 0;
      break;
    }
    return position;
  }
}
