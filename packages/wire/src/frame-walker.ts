import { FRAME_HEADER_BYTES, FRAME_SETTINGS, PREFACE, type Side } from "./frames.ts";

/** Where a direction stands between two chunks: enough for a reader who lost what came before to find the next frame. */
export type FramePosition = {
  /** Payload bytes of the current frame that are still to come. */
  readonly payloadLeft: number;
  /** What was seen of the next frame's header; fewer than 9 bytes. */
  readonly header: readonly number[];
};

/** Is told of each frame, synchronously and without a copy. */
export type FrameListener = {
  /**
   * A frame's header is complete: nine bytes at `headerAt` of `header`, which is `chunk` where they stand there in one
   * piece. Of its `length` bytes of payload those from `start` to `end` of `chunk` are there.
   * Returns true where the walk is to stop before the frame, which begins at `headerAt`: nothing of it counts as walked, and
   * the next walk tells of it again. Only where `header` is `chunk`: elsewhere part of the frame was walked before.
   */
  frame(
    header: Uint8Array,
    headerAt: number,
    length: number,
    chunk: Uint8Array,
    start: number,
    end: number,
  ): boolean | undefined;
  /** More of the current frame's payload. */
  payload(chunk: Uint8Array, start: number, end: number): void;
};

const NO_LISTENER: FrameListener = { frame: () => false, payload() {} };

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
  readonly #listener: FrameListener;
  /** Bytes of the preface, or of a host's first frame header, that were seen. */
  #opening = 0;
  /** Bytes of a frame header that were seen, when a chunk ended within one. */
  #headerBytes = 0;
  readonly #header = new Uint8Array(FRAME_HEADER_BYTES);

  constructor(side: Side, listener: FrameListener = NO_LISTENER) {
    this.#side = side;
    this.#listener = listener;
  }

  /** True where the next byte begins a frame. */
  get atFrameBoundary(): boolean {
    return this.isHttp2 === true && this.payloadLeft === 0 && this.#headerBytes === 0;
  }

  /** What was seen of the next frame's header, when a chunk ended within one: a view, good until the next walk. */
  get partialHeader(): Uint8Array {
    return this.#header.subarray(0, this.#headerBytes);
  }

  /** What was seen of the next frame's header counts as not walked. Returns how many bytes that are. */
  dropHeader(): number {
    const bytes = this.#headerBytes;
    this.#headerBytes = 0;
    return bytes;
  }

  /** Undefined where this direction is not (or not yet) known to be HTTP/2. */
  position(): FramePosition | undefined {
    if (this.isHttp2 !== true) {
      return undefined;
    }
    return { payloadLeft: this.payloadLeft, header: [...this.partialHeader] };
  }

  /** Walks `length` bytes of `chunk`, from `offset`. Returns how many it walked: all, unless the listener stopped it. */
  walk(chunk: Uint8Array, offset: number, length: number): number {
    const end = offset + length;
    let position = offset;
    if (this.isHttp2 === undefined && this.#side === "worker") {
      position = this.#matchPreface(chunk, position, end);
    }
    if (this.isHttp2 === false) {
      return length;
    }
    if (this.payloadLeft > 0) {
      const stop = Math.min(end, position + this.payloadLeft);
      this.payloadLeft -= stop - position;
      if (stop > position) {
        this.#listener.payload(chunk, position, stop);
      }
      position = stop;
    }
    while (position < end) {
      if (this.#headerBytes > 0 || this.isHttp2 === undefined || end - position < FRAME_HEADER_BYTES) {
        position = this.#takeHeader(chunk, position, end);
        // Read again, since the call may have changed it.
        if (this.#headerBytes > 0 || !this.isHttp2) {
          break;
        }
        this.#begin(this.#header, 0, chunk, position, end);
      } else {
        const isStopped = this.#begin(chunk, position, chunk, position + FRAME_HEADER_BYTES, end);
        if (isStopped) {
          return this.#stoppedAt(position) - offset;
        }
        position += FRAME_HEADER_BYTES;
      }
      position += this.#length;
    }
    return length;
  }

  /** Of the frame that was last begun. */
  #length = 0;

  #begin(header: Uint8Array, at: number, chunk: Uint8Array, start: number, end: number): boolean | undefined {
    const length = ((header[at] ?? 0) << 16) | ((header[at + 1] ?? 0) << 8) | (header[at + 2] ?? 0);
    const available = end - start < length ? end - start : length;
    this.#length = length;
    this.payloadLeft = length - available;
    this.frames++;
    return this.#listener.frame(header, at, length, chunk, start, start + available);
  }

  #stoppedAt(position: number): number {
    this.payloadLeft = 0;
    this.frames--;
    return position;
  }

  #matchPreface(chunk: Uint8Array, start: number, end: number): number {
    let position = start;
    for (; position < end && this.#opening < PREFACE.length; position++) {
      if (chunk[position] !== PREFACE[this.#opening++]) {
        this.isHttp2 = false;
        return position;
      }
    }
    if (this.#opening === PREFACE.length) {
      this.isHttp2 = true;
    }
    return position;
  }

  /** Takes bytes of a frame header that is split between chunks, or of the first one. */
  #takeHeader(chunk: Uint8Array, start: number, end: number): number {
    let position = start;
    while (position < end && this.isHttp2 !== false) {
      const byte = chunk[position++] ?? 0;
      this.#header[this.#headerBytes] = byte;
      if (this.#headerBytes === 3) {
        this.isHttp2 ??= byte === FRAME_SETTINGS;
      }
      if (++this.#headerBytes < FRAME_HEADER_BYTES) {
        continue;
      }
      this.#headerBytes = 0;
      break;
    }
    return position;
  }
}
