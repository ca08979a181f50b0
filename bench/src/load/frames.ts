/** As much of HTTP/2 as two peers need that only ever echo: frames, settings, windows. RFC 9113. */

export const FRAME_HEADER_BYTES = 9;
export const MAX_FRAME_BYTES = 16_384;
export const MAX_WINDOW = 2 ** 31 - 1;
const DEFAULT_WINDOW = 65_535;

export const DATA = 0;
export const HEADERS = 1;
export const RST_STREAM = 3;
export const SETTINGS = 4;
export const PING = 6;
export const GOAWAY = 7;
export const WINDOW_UPDATE = 8;

export const END_STREAM = 1;
const ACK = 1;
const END_HEADERS = 4;
const INITIAL_WINDOW_SIZE = 4;

export const PREFACE: Buffer = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");

export function writeHeader(to: Buffer, at: number, length: number, type: number, flags: number, stream: number): void {
  to.writeUIntBE(length, at, 3);
  to[at + 3] = type;
  to[at + 4] = flags;
  to.writeUInt32BE(stream, at + 5);
}

export function frame(type: number, flags: number, stream: number, payload: Uint8Array = new Uint8Array(0)): Buffer {
  const bytes = Buffer.alloc(FRAME_HEADER_BYTES + payload.length);
  writeHeader(bytes, 0, payload.length, type, flags, stream);
  bytes.set(payload, FRAME_HEADER_BYTES);
  return bytes;
}

/** HEADERS whose fields are all literals: no table, no Huffman. Names and values under 127 bytes. */
export function headers(stream: number, fields: readonly (readonly [string, string])[], flags = 0): Buffer {
  const block = fields.flatMap(([name, value]) => [Buffer.from([0]), literal(name), literal(value)]);
  return frame(HEADERS, END_HEADERS | flags, stream, Buffer.concat(block));
}

function literal(text: string): Buffer {
  return Buffer.concat([Buffer.from([text.length]), Buffer.from(text, "latin1")]);
}

export function windowUpdate(stream: number, bytes: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(bytes);
  return frame(WINDOW_UPDATE, 0, stream, payload);
}

/** What a peer says first: the largest windows there are, so that flow control limits nothing. */
export function opening(isClient: boolean): Buffer {
  const setting = Buffer.alloc(6);
  setting.writeUInt16BE(INITIAL_WINDOW_SIZE);
  setting.writeUInt32BE(MAX_WINDOW, 2);
  const frames = [frame(SETTINGS, 0, 0, setting), windowUpdate(0, MAX_WINDOW - DEFAULT_WINDOW)];
  return Buffer.concat(isClient ? [PREFACE, ...frames] : frames);
}

export const settingsAck: Buffer = frame(SETTINGS, ACK, 0);

export function isAck(flags: number): boolean {
  return (flags & ACK) !== 0;
}

export function pong(payload: Uint8Array): Buffer {
  return frame(PING, ACK, 0, payload);
}

/** How much the other side takes, on the connection and on each stream. */
export class SendWindows {
  #connection = DEFAULT_WINDOW;
  #initial = DEFAULT_WINDOW;
  readonly #streams = new Map<number, number>();

  open(stream: number): void {
    this.#streams.set(stream, this.#initial);
  }

  close(stream: number): void {
    this.#streams.delete(stream);
  }

  available(stream: number): number {
    return Math.min(this.#connection, this.#streams.get(stream) ?? 0);
  }

  spend(stream: number, bytes: number): void {
    this.#connection -= bytes;
    this.#streams.set(stream, (this.#streams.get(stream) ?? 0) - bytes);
  }

  takeUpdate(stream: number, payload: Buffer): void {
    const bytes = payload.readUInt32BE(0);
    if (stream === 0) {
      this.#connection += bytes;
    } else if (this.#streams.has(stream)) {
      this.#streams.set(stream, (this.#streams.get(stream) ?? 0) + bytes);
    }
  }

  takeSettings(payload: Buffer): void {
    for (let at = 0; at + 6 <= payload.length; at += 6) {
      if (payload.readUInt16BE(at) !== INITIAL_WINDOW_SIZE) {
        continue;
      }
      const initial = payload.readUInt32BE(at + 2);
      for (const [stream, window] of this.#streams) {
        this.#streams.set(stream, window + initial - this.#initial);
      }
      this.#initial = initial;
    }
  }
}

/** Counts what was received and says when it is time to give it back: seldom, since windows are huge. */
export class Credit {
  readonly #received = new Map<number, number>();

  /** @returns the bytes to credit, or 0. */
  take(stream: number, bytes: number): number {
    const received = (this.#received.get(stream) ?? 0) + bytes;
    const isDue = received > MAX_WINDOW / 4;
    this.#received.set(stream, isDue ? 0 : received);
    return isDue ? received : 0;
  }

  close(stream: number): void {
    this.#received.delete(stream);
  }
}
