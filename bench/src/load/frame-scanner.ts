import { FRAME_DATA, FRAME_HEADER_BYTES } from "@inspector/wire/frames";

export type FrameSink = {
  /** A FRAME_DATA frame begins; its header stands at `at` in the chunk, or in `header` where `at` is -1. */
  dataBegan(stream: number, length: number, flags: number, at: number, header: Buffer): void;
  /** Content of the FRAME_DATA frame that began last. */
  data(chunk: Buffer, start: number, end: number, stream: number): void;
  /** Any other frame, complete. */
  control(type: number, flags: number, stream: number, payload: Buffer): void;
};

/** Cuts one direction into frames. Allocates nothing for FRAME_DATA that is not cut within a header. */
export class FrameScanner {
  readonly #sink: FrameSink;
  readonly #header = Buffer.alloc(FRAME_HEADER_BYTES);
  #headerBytes = 0;
  #skip: number;
  #type = 0;
  #flags = 0;
  #stream = 0;
  #left = 0;
  #payload: Buffer[] = [];

  /** @param skip bytes before the first frame: a client's preface */
  constructor(sink: FrameSink, skip = 0) {
    this.#sink = sink;
    this.#skip = skip;
  }

  scan(chunk: Buffer): void {
    const end = chunk.length;
    let at = Math.min(this.#skip, end);
    this.#skip -= at;
    while (at < end) {
      if (this.#left === 0) {
        at = this.#readHeader(chunk, at, end);
        continue;
      }
      const stop = Math.min(at + this.#left, end);
      this.#left -= stop - at;
      if (this.#type === FRAME_DATA) {
        this.#sink.data(chunk, at, stop, this.#stream);
      } else {
        this.#readControl(chunk, at, stop);
      }
      at = stop;
    }
  }

  #readHeader(chunk: Buffer, at: number, end: number): number {
    if (this.#headerBytes === 0 && end - at >= FRAME_HEADER_BYTES) {
      this.#begin(chunk, at, at);
      return at + FRAME_HEADER_BYTES;
    }
    const taken = Math.min(FRAME_HEADER_BYTES - this.#headerBytes, end - at);
    chunk.copy(this.#header, this.#headerBytes, at, at + taken);
    this.#headerBytes += taken;
    if (this.#headerBytes === FRAME_HEADER_BYTES) {
      this.#headerBytes = 0;
      this.#begin(this.#header, 0, -1);
    }
    return at + taken;
  }

  #begin(bytes: Buffer, offset: number, at: number): void {
    const length = ((bytes[offset] ?? 0) << 16) | ((bytes[offset + 1] ?? 0) << 8) | (bytes[offset + 2] ?? 0);
    this.#type = bytes[offset + 3] ?? 0;
    this.#flags = bytes[offset + 4] ?? 0;
    this.#stream = bytes.readUInt32BE(offset + 5) & 0x7fffffff;
    this.#left = length;
    if (this.#type === FRAME_DATA) {
      this.#sink.dataBegan(this.#stream, length, this.#flags, at, this.#header);
    } else if (length === 0) {
      this.#sink.control(this.#type, this.#flags, this.#stream, Buffer.alloc(0));
    }
  }

  #readControl(chunk: Buffer, start: number, end: number): void {
    this.#payload.push(Buffer.from(chunk.subarray(start, end)));
    if (this.#left > 0) {
      return;
    }
    const payload = Buffer.concat(this.#payload);
    this.#payload = [];
    this.#sink.control(this.#type, this.#flags, this.#stream, payload);
  }
}
