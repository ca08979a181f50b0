/** Bytes of a file that were read and not looked at yet. Time is proportional to them, however large a record is. */
export class BytesAhead {
  #room = Buffer.alloc(0);
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  append(chunk: Uint8Array): void {
    if (this.#end + chunk.length > this.#room.length) {
      const needed = this.length + chunk.length;
      const room = needed > this.#room.length ? Buffer.allocUnsafeSlow(2 * needed) : this.#room;
      this.#room.copy(room, 0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
      this.#room = room;
    }
    this.#room.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** The next bytes, which stay; undefined where so many have not come yet. Good until the next call of append. */
  peek(count: number): Buffer | undefined {
    return this.length < count ? undefined : this.#room.subarray(this.#start, this.#start + count);
  }

  /** As {@link peek}, of bytes that are done with. */
  take(count: number): Buffer | undefined {
    const taken = this.peek(count);
    this.#start += taken?.length ?? 0;
    return taken;
  }
}
