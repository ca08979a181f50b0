import type { FramePosition } from "@inspector/wire/frame-walker";
import { FRAME_HEADER_BYTES, uint32At } from "@inspector/wire/frames";
import { copyOf } from "./frame-bytes.ts";
import type { Rules } from "./rules.ts";
import type { Way } from "./ways.ts";

/** What a worker says at its start comes in one go: who takes longer than this will not be waited for. */
const LIMIT_MS = 1000;

export type WaitingStartPort = {
  /** The direction of what the worker says. */
  readonly toHost: Way;
  readonly rules: Rules;
  /** As `push` of the connection, for the worker. */
  push(chunk: Uint8Array, length: number): boolean;
  /** Bytes go on as they are. */
  pass(chunk: Uint8Array, length: number): void;
};

/**
 * The end of what a starting worker has said so far, from the beginning of a frame on, while it is not clear whether it declares
 * an HTTP server. It is
 *
 * - *empty*, the resting state, until {@link keepBack} keeps something;
 * - *waiting*, until what comes next makes it clear, the worker's direction ends, or LIMIT_MS have passed since the first of it
 *   came. Then all of it goes on as if it had come in one chunk.
 */
export class WaitingStart {
  readonly #port: WaitingStartPort;
  #bytes: Uint8Array | undefined;
  #since = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(port: WaitingStartPort) {
    this.#port = port;
  }

  /** Takes a chunk of the worker's. Returns as `push` of the connection. */
  push(chunk: Uint8Array, length: number): boolean {
    const port = this.#port;
    const waiting = this.#bytes;
    if (waiting === undefined) {
      return port.push(chunk, length);
    }
    this.#bytes = undefined;
    clearTimeout(this.#timer);
    const all = Buffer.concat([waiting, chunk.subarray(0, length)]);
    if (port.push(all, all.length)) {
      port.pass(all, all.length);
    }
    if (this.#bytes === undefined) {
      this.#since = 0;
    }
    return false;
  }

  /**
   * Keeps the end of a chunk of the worker's, of which so many bytes were walked in passing, where it must wait: the walk stopped
   * there, or the chunk ends within a frame's header. Returns whether it did; what is before that has gone on then.
   */
  keepBack(chunk: Uint8Array, walked: number, length: number): boolean {
    const { toHost, rules } = this.#port;
    const { walker, isWaiting } = toHost.inbox;
    const header = walker.partialHeader.length;
    if (!isWaiting && !(header > 0 && header <= walked && rules.isAnyStarting)) {
      return false;
    }
    const gone = walked - walker.dropHeader();
    this.#bytes = copyOf(chunk, gone, length);
    this.#since ||= performance.now();
    this.#timer = setTimeout(() => this.end(), Math.max(0, LIMIT_MS - (performance.now() - this.#since)));
    this.#timer.unref();
    this.#port.pass(chunk, gone);
    return true;
  }

  /** No worker's start is waited for any more: what waits goes on as it came. */
  end(): void {
    const { toHost, rules } = this.#port;
    if (this.#bytes === undefined) {
      return;
    }
    for (const lane of toHost.outbox.lanes.values()) {
      if (lane.isStarting) {
        rules.endStart(lane);
      }
    }
    this.push(new Uint8Array(0), 0);
  }

  /** The connection is over. */
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
