/** What stands before each message of a stream: a flag and a length. gRPC over HTTP/2, Length-Prefixed-Message. */
import { uint32At } from "./frames.ts";

/** Bytes of a prefix: the flag, then the length as four bytes, the highest first. */
export const PREFIX_BYTES = 5;

/** Whether a flag is one that gRPC has: 0 plain, 1 compressed. With any other the stream is not gRPC. */
export function isGrpcFlag(flag: number): boolean {
  return flag <= 1;
}

/**
 * Reads one prefix at a time from bytes that may come in pieces.
 *
 * | state | recognised by | left when |
 * |---|---|---|
 * | nothing read | `bytes` is 0 | a byte comes |
 * | within a prefix | `bytes` from 1 to 4 | its last byte comes, or {@link clear} |
 * | whole | {@link read} says so, once | at once: `bytes` is 0 again, `flag` and `size` stay until the next prefix begins |
 *
 * ```ts
 * position = prefix.read(chunk, position, end);
 * if (prefix.isWhole) takeMessage(prefix.flag, prefix.size);
 * ```
 */
export class GrpcPrefix {
  /** Bytes of an incomplete prefix that were read. */
  bytes = 0;
  /** The first byte of the prefix, as soon as that is there. */
  flag = 0;
  /** Bytes of the message, up to 2^32-1; of an incomplete prefix, the part of it that is there. */
  size = 0;

  /** The last {@link read} completed a prefix. */
  get isWhole(): boolean {
    return this.bytes === 0;
  }

  /** Reads as much as belongs to one prefix, and returns the position behind that. There must be a byte at least. */
  read(chunk: Uint8Array, start: number, end: number): number {
    if (this.bytes === 0 && end - start >= PREFIX_BYTES) {
      this.flag = chunk[start] ?? 0;
      this.size = uint32At(chunk, start + 1);
      return start + PREFIX_BYTES;
    }
    let position = start;
    while (position < end) {
      this.#take(chunk[position++] ?? 0);
      if (this.bytes === 0) {
        break;
      }
    }
    return position;
  }

  /** Forgets an incomplete prefix: what comes next begins another. */
  clear(): void {
    this.bytes = 0;
  }

  /** The bytes of an incomplete prefix, for {@link restore}. */
  save(): Uint8Array {
    const shifted = this.size * 256 ** (PREFIX_BYTES - Math.max(this.bytes, 1));
    const whole = [this.flag, ...[3, 2, 1, 0].map((place) => Math.floor(shifted / 256 ** place) % 256)];
    return Uint8Array.from(whole.slice(0, this.bytes));
  }

  restore(saved: Uint8Array): void {
    this.bytes = 0;
    if (saved.length > 0 && saved.length < PREFIX_BYTES) {
      this.read(saved, 0, saved.length);
    }
  }

  #take(byte: number): void {
    if (this.bytes === 0) {
      this.flag = byte;
      this.size = 0;
    } else {
      this.size = this.size * 256 + byte;
    }
    this.bytes = (this.bytes + 1) % PREFIX_BYTES;
  }
}
