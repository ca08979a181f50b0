import type { FramePosition } from "@inspector/wire/frame-walker";
import { FRAME_HEADER_BYTES, uint32At } from "@inspector/wire/frames";
import { copyOf } from "./frame-bytes.ts";

/** What a worker says at its start comes in one go: who takes longer than this will not be waited for. */
const LIMIT_MS = 1000;

/**
 * The end of what a starting worker has said so far, from the beginning of a frame on, while it is not clear whether it declares
 * an HTTP server. It is
 *
 * - *empty*, the resting state, until {@link keep} is called;
 * - *waiting*, until more comes and is {@link take}n together with it, or for LIMIT_MS: then it is told as overdue.
 */
export class WaitingStart {
  readonly #onOverdue: () => void;
  #bytes: Uint8Array | undefined;
  #since = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(onOverdue: () => void) {
    this.#onOverdue = onOverdue;
  }

  get isEmpty(): boolean {
    return this.#bytes === undefined;
  }

  /** Bytes that begin at a frame's border. Those who wait on have waited since the first of them came. */
  keep(chunk: Uint8Array, start: number, end: number): void {
    this.#bytes = copyOf(chunk, start, end);
    const left = LIMIT_MS - (this.#since === 0 ? 0 : performance.now() - this.#since);
    this.#since ||= performance.now();
    this.#timer = setTimeout(() => this.#onOverdue(), Math.max(0, left));
    this.#timer.unref();
  }

  /** What waits, with what has come since behind it. Nothing waits from then on. */
  take(chunk: Uint8Array, length: number): Uint8Array {
    const bytes = this.#bytes ?? chunk.subarray(0, 0);
    this.#bytes = undefined;
    clearTimeout(this.#timer);
    return Buffer.concat([bytes, chunk.subarray(0, length)]);
  }

  /** All that waited has gone on. */
  settle(): void {
    this.#since = 0;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#bytes = undefined;
  }

  /** Where a walk over what waits would stand. */
  get position(): FramePosition | undefined {
    const bytes = this.#bytes;
    if (bytes === undefined) {
      return undefined;
    }
    let at = 0;
    while (bytes.length - at >= FRAME_HEADER_BYTES) {
      at += FRAME_HEADER_BYTES + (uint32At(bytes, at) >>> 8);
    }
    return { payloadLeft: Math.max(0, at - bytes.length), header: [...bytes.subarray(at)] };
  }
}
