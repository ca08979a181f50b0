import { FLAG_PADDED, streamIdAt } from "@inspector/wire/frames";
import type { Lane } from "./lane.ts";

/** The frame of one direction that is coming, and what is done with it: see {@link Inbox}. */
export class ComingFrame {
  /** Whether the direction is intervened in. */
  isActive = false;
  way: "raw" | "counted" | "content" | "small" | "block" = "raw";
  type = 0;
  flags = 0;
  stream = 0;
  lane: Lane | undefined;
  payloadLeft = 0;
  /** Bytes of content, and of what is not (padding and its length), to come of the current DATA frame. */
  contentLeft = 0;
  #isPadLengthNext = false;

  begin(header: Uint8Array, at: number): void {
    this.type = header[at + 3] ?? 0;
    this.flags = header[at + 4] ?? 0;
    this.stream = streamIdAt(header, at + 5);
  }

  has(flag: number): boolean {
    return (this.flags & flag) !== 0;
  }

  /** The payload of a DATA frame begins. */
  beginContent(length: number): void {
    this.contentLeft = length;
    this.#isPadLengthNext = this.has(FLAG_PADDED);
  }

  /** Takes the length of the padding where it comes next, and leaves as much out of the content. */
  takePadLength(chunk: Uint8Array, start: number, end: number): number {
    if (!this.#isPadLengthNext || start === end) {
      return start;
    }
    this.#isPadLengthNext = false;
    const padding = Math.min(chunk[start] ?? 0, this.contentLeft - 1);
    this.contentLeft -= 1 + padding;
    return start + 1;
  }
}
