/** Bytes of a file that were read and not looked at yet. Time is proportional to them, however large a record is. */
export class BytesAhead {
  #room = new Uint8Array();
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  append(chunk: Uint8Array): void {
    if (this.#end + chunk.length > this.#room.length) {
      const needed = this.length + chunk.length;
      const room = needed > this.#room.length ? new Uint8Array(2 * needed) : this.#room;
      room.set(this.#room.subarray(this.#start, this.#end));
      this.#end -= this.#start;
      this.#start = 0;
      this.#room = room;
    }
    this.#room.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** The next bytes, which stay; undefined where so many have not come yet. Good until the next call of append. */
  peek(count: number): Uint8Array | undefined {
    return this.length < count ? undefined : this.#room.subarray(this.#start, this.#start + count);
  }

  /** As {@link peek}, of bytes that are done with. */
  take(count: number): Uint8Array | undefined {
    const taken = this.peek(count);
    this.#start += taken?.length ?? 0;
    return taken;
  }
}
