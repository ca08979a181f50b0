import { FRAME_HEADER_BYTES } from "@inspector/wire/frames";

/** Longest frame that is put together; nobody sends more settings. Of a longer one the beginning is. */
export const MAX_SMALL_BYTES = 16_384;

/** Puts together one frame at a time that comes in pieces. */
export class SmallFrame {
  #bytes = new Uint8Array(0);
  #length = 0;

  /** @param header absent where only the payload is wanted; nine bytes stand in its place */
  begin(payloadLength: number, header?: Uint8Array): void {
    this.#bytes = new Uint8Array(FRAME_HEADER_BYTES + Math.min(payloadLength, MAX_SMALL_BYTES));
    if (header !== undefined) {
      this.#bytes.set(header);
    }
    this.#length = FRAME_HEADER_BYTES;
  }

  /** Takes more of the payload. Returns the frame where it is complete with that. */
  add(chunk: Uint8Array, start: number, end: number): Uint8Array | undefined {
    if (this.#length === this.#bytes.length && start < end) {
      return undefined;
    }
    const taken = Math.min(end - start, this.#bytes.length - this.#length);
    this.#bytes.set(chunk.subarray(start, start + taken), this.#length);
    this.#length += taken;
    return this.#length === this.#bytes.length ? this.#bytes : undefined;
  }
}
