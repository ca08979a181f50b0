/** Bytes that may be kept in memory for one purpose, over all connections of a relay. */
export class ByteBudget {
  readonly maxBytes: number;
  readonly #overhead: number;
  #bytes = 0;
  #items = 0;

  /** @param overhead bytes that each thing that is kept costs beside its own */
  constructor(maxBytes: number, overhead = 0) {
    this.maxBytes = maxBytes;
    this.#overhead = overhead;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get items(): number {
    return this.#items;
  }

  /** Reserves room for one thing of so many bytes. Returns false where there is none; nothing has changed then. */
  take(bytes: number): boolean {
    if (this.#bytes + bytes + this.#overhead > this.maxBytes) {
      return false;
    }
    this.#bytes += bytes + this.#overhead;
    this.#items += 1;
    return true;
  }

  /** Gives back what was taken. */
  give(bytes: number): void {
    this.#bytes -= bytes + this.#overhead;
    this.#items -= 1;
  }
}
