import type { Side } from "./frames.ts";
import { GrpcPrefix, isGrpcFlag } from "./grpc-prefix.ts";
import { MessageSearch, type MessageSearchState } from "./message-search.ts";

/** A message up to this size arrives in one part, a larger one in parts of exactly this size but the last. */
export const PART_BYTES = 1 << 20;

/** What one connection may hold of unfinished parts, over all its streams. */
export const MAX_HELD_BYTES = 64 * PART_BYTES;

/** A part of a message, in the order of the stream. */
export type MessagePart = {
  /** HTTP/2 stream id, unique within the connection. */
  readonly stream: number;
  readonly side: Side;
  /** The message's bytes (all parts together) are compressed as `encoding` says. */
  readonly compressed: boolean;
  /** This side's `grpc-encoding`; it applies to messages with `compressed` only. */
  readonly encoding: string | undefined;
  /** Bytes of the whole message, up to 2^32-1. */
  readonly length: number;
  /** Where this part stands in the message: 0 in the first part. */
  readonly offset: number;
  /** Good until the call returns: copy what is to be kept. */
  readonly bytes: Uint8Array;
  readonly last: boolean;
  /** The stream ended before the message was complete: this part is the last, and shorter than announced. */
  readonly truncated: boolean;
  /** Set with `truncated` where bytes were lost to the recording: the receiver may have had all of it. */
  readonly isInGap?: true;
};

/** Smallest buffer, as a power of two. */
const SMALLEST_CLASS = 10;

/** Buffers for parts that do not stand in one piece; one set a connection, so that its memory is bounded and reused. */
export class PartBuffers {
  /** One unused buffer of each power of two. */
  readonly #free: (Uint8Array | undefined)[] = [];
  #heldBytes = 0;

  /** Counts bytes that will be held. False where that would be too much in all. */
  reserve(bytes: number): boolean {
    if (this.#heldBytes + bytes > MAX_HELD_BYTES) {
      return false;
    }
    this.#heldBytes += bytes;
    return true;
  }

  /** A buffer for at least `needed` bytes, which begins with the first `used` of `old`. */
  grow(old: Uint8Array | undefined, used: number, needed: number): Uint8Array {
    const sizeClass = Math.max(SMALLEST_CLASS, 32 - Math.clz32(needed - 1));
    const larger = this.#free[sizeClass] ?? new Uint8Array(2 ** sizeClass);
    this.#free[sizeClass] = undefined;
    if (old !== undefined) {
      larger.set(old.subarray(0, used));
      this.#recycle(old);
    }
    return larger;
  }

  release(buffer: Uint8Array, used: number): void {
    this.#heldBytes -= used;
    this.#recycle(buffer);
  }

  #recycle(buffer: Uint8Array): void {
    this.#free[31 - Math.clz32(buffer.length)] = buffer;
  }
}

/** Everything a scanner remembers between pieces, as plain data. */
export type MessageScannerState = {
  readonly encoding: string | undefined;
  readonly prefix: Uint8Array;
  readonly compressed: boolean;
  /** -1 where no message is open. */
  readonly length: number;
  readonly offset: number;
  readonly held: Uint8Array;
  readonly isBroken: boolean;
  readonly search: MessageSearchState | undefined;
};

/** Cuts one side of one stream into messages, without copying those that stand in one piece. */
export class MessageScanner {
  readonly #stream: number;
  readonly #side: Side;
  readonly #encoding: string | undefined;
  readonly #buffers: PartBuffers;
  readonly #deliver: (part: MessagePart) => void;
  readonly #prefix = new GrpcPrefix();
  #compressed = false;
  #length = -1;
  #offset = 0;
  /** The current part, as far as it is there, when it does not stand in one piece. */
  #held: Uint8Array | undefined;
  #heldBytes = 0;
  #isBroken = false;
  /** Set while it is not known where the next message begins, because bytes were lost. */
  #search: MessageSearch | undefined;

  constructor(
    stream: number,
    side: Side,
    encoding: string | undefined,
    buffers: PartBuffers,
    deliver: (part: MessagePart) => void,
  ) {
    this.#stream = stream;
    this.#side = side;
    this.#encoding = encoding;
    this.#buffers = buffers;
    this.#deliver = deliver;
  }

  /** Reads the stream's next bytes. Returns the reason where they are not gRPC, once; from then on nothing is read. */
  scan(bytes: Uint8Array, start: number, end: number): string | undefined {
    if (this.#search === undefined) {
      return this.#cut(bytes, start, end);
    }
    const found = this.#search.add(bytes, start, end);
    if (found === undefined) {
      return undefined;
    }
    this.#search = undefined;
    return this.#cut(found, 0, found.length);
  }

  /** Bytes were lost: what is there of an open message goes out as truncated, and the next message is searched for. */
  resync(): void {
    this.finish(true);
    this.#prefix.clear();
    this.#search = new MessageSearch();
  }

  /** A frame begins, with this much content; that matters only where messages are searched for. */
  frameBegan(bytes: number): void {
    this.#search?.begin(bytes);
  }

  #cut(bytes: Uint8Array, start: number, end: number): string | undefined {
    let position = start;
    while (position < end && !this.#isBroken) {
      if (this.#length < 0) {
        position = this.#prefix.read(bytes, position, end);
        const reason = this.#prefix.isWhole ? this.#begin(bytes, position) : undefined;
        if (reason !== undefined) {
          return reason;
        }
        continue;
      }
      const partBytes = Math.min(PART_BYTES, this.#length - this.#offset);
      const available = end - position;
      if (this.#held === undefined && available >= partBytes) {
        this.#emit(bytes, position, partBytes);
        position += partBytes;
        continue;
      }
      const taken = Math.min(partBytes - this.#heldBytes, available);
      const reason = this.#hold(bytes, position, position + taken);
      if (reason !== undefined) {
        return reason;
      }
      position += taken;
      if (this.#heldBytes === partBytes) {
        this.#emitHeld();
      }
    }
    return undefined;
  }

  /** The stream ended: what is there of an open message goes out, marked as truncated. */
  finish(isInGap = false): void {
    if (this.#length < 0 || this.#isBroken) {
      return;
    }
    const bytes = this.#held?.subarray(0, this.#heldBytes) ?? new Uint8Array(0);
    const part = this.#part(bytes, true, true);
    this.#deliver(isInGap ? { ...part, isInGap } : part);
    this.#letGo();
    this.#length = -1;
  }

  save(): MessageScannerState {
    return {
      encoding: this.#encoding,
      prefix: this.#prefix.save(),
      compressed: this.#compressed,
      length: this.#length,
      offset: this.#offset,
      held: this.#held?.slice(0, this.#heldBytes) ?? new Uint8Array(0),
      isBroken: this.#isBroken,
      search: this.#search?.save(),
    };
  }

  /** Sets what `save` gave, except the encoding, which the constructor takes. */
  restore(state: MessageScannerState): void {
    this.#prefix.restore(state.prefix);
    this.#compressed = state.compressed;
    this.#length = state.length;
    this.#offset = state.offset;
    this.#isBroken = state.isBroken;
    if (state.search !== undefined) {
      this.#search = new MessageSearch();
      this.#search.restore(state.search);
    }
    if (state.held.length > 0) {
      this.#hold(state.held, 0, state.held.length);
    }
  }

  /** @param at where the message stands whose prefix was just read */
  #begin(bytes: Uint8Array, at: number): string | undefined {
    const { flag, size } = this.#prefix;
    if (!isGrpcFlag(flag)) {
      return this.#break(`a message begins with ${flag} where gRPC has 0 or 1`);
    }
    this.#compressed = flag === 1;
    this.#length = size;
    this.#offset = 0;
    if (size === 0) {
      this.#emit(bytes, at, 0);
    }
    return undefined;
  }

  #emit(bytes: Uint8Array, at: number, partBytes: number): void {
    const last = this.#offset + partBytes === this.#length;
    const view = new Uint8Array(bytes.buffer, bytes.byteOffset + at, partBytes);
    const part = this.#part(view, last, false);
    if (last) {
      this.#length = -1;
    } else {
      this.#offset += partBytes;
    }
    this.#deliver(part);
  }

  #emitHeld(): void {
    const held = this.#held;
    if (held === undefined) {
      return;
    }
    this.#emit(held, 0, this.#heldBytes);
    this.#letGo();
  }

  #hold(bytes: Uint8Array, start: number, end: number): string | undefined {
    if (!this.#buffers.reserve(end - start)) {
      this.finish();
      return this.#break("too many unfinished messages on this connection");
    }
    const needed = this.#heldBytes + end - start;
    if (this.#held === undefined || needed > this.#held.length) {
      this.#held = this.#buffers.grow(this.#held, this.#heldBytes, needed);
    }
    this.#held.set(bytes.subarray(start, end), this.#heldBytes);
    this.#heldBytes = needed;
    return undefined;
  }

  #letGo(): void {
    if (this.#held !== undefined) {
      this.#buffers.release(this.#held, this.#heldBytes);
    }
    this.#held = undefined;
    this.#heldBytes = 0;
  }

  #break(reason: string): string {
    this.#isBroken = true;
    return reason;
  }

  #part(bytes: Uint8Array, last: boolean, truncated: boolean): MessagePart {
    return {
      stream: this.#stream,
      side: this.#side,
      compressed: this.#compressed,
      encoding: this.#encoding,
      length: this.#length,
      offset: this.#offset,
      bytes,
      last,
      truncated,
    };
  }
}
