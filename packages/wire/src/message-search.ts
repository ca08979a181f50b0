import { DEFAULT_MAX_FRAME_BYTES, uint32At } from "./frames.ts";
import { PREFIX_BYTES } from "./grpc-prefix.ts";
import { mayBeginField } from "./protobuf-fields.ts";

/** Larger frames are passed over; no peer sends them unless it is asked to. */
const MAX_SEARCHED_BYTES = 1 << 20;
const UNKNOWN = -1;

/** Everything a search remembers between pieces, as plain data. */
export type MessageSearchState = {
  readonly content: Uint8Array;
  readonly frameBytes: number;
  readonly previousBytes: number;
};

/**
 * Finds the next message behind bytes that were lost.
 *
 * Only frames say where messages may begin: senders put whole messages behind each other into a frame, and cut a
 * message that does not fit at the largest frame. So a frame is taken that holds whole messages exactly; or one that
 * begins with a message that goes on behind it, if the frame before was short and so was the end of something.
 */
export class MessageSearch {
  /** Content of the current frame, as far as it is there; empty where the frame is passed over. */
  #frame = new Uint8Array(0);
  #contentBytes = 0;
  #frameBytes = UNKNOWN;
  #previousBytes = UNKNOWN;

  /** A frame begins, with this much content. */
  begin(bytes: number): void {
    this.#previousBytes = this.#frameBytes;
    this.#frameBytes = bytes;
    this.#contentBytes = 0;
    this.#frame = new Uint8Array(bytes <= MAX_SEARCHED_BYTES ? bytes : 0);
  }

  /** Takes content. Gives the whole frame where a message begins with it: then the search is over. */
  add(bytes: Uint8Array, start: number, end: number): Uint8Array | undefined {
    const taken = Math.min(end - start, this.#frame.length - this.#contentBytes);
    this.#frame.set(bytes.subarray(start, start + taken), this.#contentBytes);
    this.#contentBytes += taken;
    if (taken === 0 || this.#contentBytes < this.#frame.length) {
      return undefined;
    }
    const isEndBefore = this.#previousBytes !== UNKNOWN && this.#previousBytes < DEFAULT_MAX_FRAME_BYTES;
    return beginsWithMessage(this.#frame, isEndBefore) ? this.#frame : undefined;
  }

  save(): MessageSearchState {
    return {
      content: this.#frame.slice(0, this.#contentBytes),
      frameBytes: this.#frameBytes,
      previousBytes: this.#previousBytes,
    };
  }

  restore(state: MessageSearchState): void {
    if (state.frameBytes !== UNKNOWN) {
      this.begin(state.frameBytes);
    }
    this.#previousBytes = state.previousBytes;
    this.#frame.set(state.content);
    this.#contentBytes = state.content.length;
  }
}

function beginsWithMessage(frame: Uint8Array, mayGoOn: boolean): boolean {
  let position = 0;
  while (position < frame.length) {
    const flag = frame[position] ?? 0;
    const length = uint32At(frame, position + 1);
    const tag = frame[position + PREFIX_BYTES];
    // A frame of zeros is the inside of some message rather than a row of empty ones.
    if (flag > 1 || length === 0 || position + PREFIX_BYTES > frame.length) {
      return false;
    }
    if (flag === 0 && tag !== undefined && !mayBeginField(tag)) {
      return false;
    }
    position += PREFIX_BYTES + length;
  }
  return mayGoOn || position === frame.length;
}
