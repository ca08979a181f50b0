/** Collects what is to be written to one socket: views into the chunk that is being read, and bytes of their own. */
export class OutgoingBytes {
  #pieces: Uint8Array[] = [];
  #chunk: Uint8Array | undefined;
  #runStart = 0;
  #runEnd = 0;

  /** Bytes of a chunk as they stand there. Runs that follow each other become one piece. */
  raw(chunk: Uint8Array, start: number, end: number): void {
    if (start === end) {
      return;
    }
    if (this.#chunk === chunk && this.#runEnd === start) {
      this.#runEnd = end;
      return;
    }
    this.#endRun();
    this.#chunk = chunk;
    this.#runStart = start;
    this.#runEnd = end;
  }

  bytes(piece: Uint8Array): void {
    this.#endRun();
    this.#pieces.push(piece);
  }

  /** All that came since the last call; views into the chunk among it. */
  take(): readonly Uint8Array[] {
    this.#endRun();
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces;
  }

  #endRun(): void {
    if (this.#chunk !== undefined) {
      this.#pieces.push(this.#chunk.subarray(this.#runStart, this.#runEnd));
    }
    this.#chunk = undefined;
  }
}
