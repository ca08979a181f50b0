import { FLAG_PADDED, FLAG_PRIORITY, FRAME_HEADERS, FRAME_PUSH_PROMISE } from "./frames.ts";
import { MAX_HEADER_LIST_BYTES } from "./hpack.ts";

/** As plain data. */
export type HeaderBlockState = {
  readonly fragments: Uint8Array;
  readonly isPromise: boolean;
  readonly endsStream: boolean;
};

/** The header block that a HEADERS or PUSH_PROMISE frame began and CONTINUATION frames complete. */
export class HeaderBlock {
  /** The block belongs to a stream that a host promised; it counts for the header table only. */
  isPromise = false;
  /** END_STREAM stands on the HEADERS frame, but takes effect behind the whole block. */
  endsStream = false;
  #fragments: Uint8Array = new Uint8Array(0);
  #bytes = 0;

  begin(isPromise: boolean, endsStream: boolean): void {
    this.isPromise = isPromise;
    this.endsStream = endsStream;
    this.#bytes = 0;
  }

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  /** What was added, in one piece; a view, good until the next block. */
  get fragments(): Uint8Array {
    return this.#fragments.subarray(0, this.#bytes);
  }

  /** False where the block grows beyond what any peer accepts. */
  add(bytes: Uint8Array, start: number, end: number): boolean {
    const needed = this.#bytes + end - start;
    if (needed > MAX_HEADER_LIST_BYTES) {
      return false;
    }
    if (needed > this.#fragments.length) {
      const larger = new Uint8Array(needed * 2);
      larger.set(this.fragments);
      this.#fragments = larger;
    }
    this.#fragments.set(bytes.subarray(start, end), this.#bytes);
    this.#bytes = needed;
    return true;
  }

  /** Forgets the fragments, so that a large block does not stay. */
  clear(): void {
    this.#fragments = new Uint8Array(0);
    this.#bytes = 0;
  }

  save(): HeaderBlockState {
    return { fragments: this.fragments.slice(), isPromise: this.isPromise, endsStream: this.endsStream };
  }

  restore(state: HeaderBlockState): void {
    this.begin(state.isPromise, state.endsStream);
    this.add(state.fragments, 0, state.fragments.length);
  }
}

/**
 * Where the block fragment stands in the payload of a HEADERS, PUSH_PROMISE or CONTINUATION frame, behind pad length,
 * priority or promised stream and before the padding. Undefined where that does not fit into the payload.
 */
export function fragmentWithin(
  type: number,
  flags: number,
  payload: Uint8Array,
  start: number,
  end: number,
): { readonly start: number; readonly end: number } | undefined {
  let from = start;
  let to = end;
  if (type === FRAME_HEADERS || type === FRAME_PUSH_PROMISE) {
    if ((flags & FLAG_PADDED) !== 0) {
      if (from >= to) {
        return undefined;
      }
      to -= payload[from++] ?? 0;
    }
    if (type === FRAME_PUSH_PROMISE) {
      from += 4;
    } else if ((flags & FLAG_PRIORITY) !== 0) {
      from += 5;
    }
  }
  return from <= to ? { start: from, end: to } : undefined;
}
