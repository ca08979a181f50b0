/** One connection of the load generator, with one call on it. */
import { connect, type Socket } from "node:net";
import { frame, headers, pong, settingsAck, windowUpdate } from "@inspector/testkit/http2-writer";
import {
  DEFAULT_MAX_FRAME_BYTES,
  FLAG_ACK,
  FLAG_END_STREAM,
  FRAME_DATA,
  FRAME_GOAWAY,
  FRAME_HEADER_BYTES,
  FRAME_HEADERS,
  FRAME_PING,
  FRAME_RST_STREAM,
  FRAME_SETTINGS,
  FRAME_WINDOW_UPDATE,
} from "@inspector/wire/frames";
import { type Block, framed } from "./blocks.ts";
import { FrameScanner, type FrameSink } from "./frame-scanner.ts";
import { REQUEST_HEADERS } from "./message.ts";
import { Credit, opening, SendWindows } from "./windows.ts";

export const STREAM = 1;
const READ_BYTES = 512 * 1024;
/** Most messages in one write, and most bytes of a large message. */
const MAX_WRITE_MESSAGES = 256;
const MAX_WRITE_BYTES = 1024 * 1024;
/** So much of what comes back on each connection is compared with what was sent. */
const COMPARED_BYTES = 1024 * 1024;

export type CallOptions = {
  readonly port: number;
  readonly message: Buffer;
  readonly blocks: (count: number) => Block;
  readonly inFlight: number;
  /** Called with the number of messages that have come back completely since the last call. */
  readonly onAnswered: (count: number) => void;
  readonly onOpen: () => void;
  readonly onClosed: () => void;
  readonly onError: (error: Error) => void;
};

export class Call implements FrameSink {
  /** Messages that may be begun in all. */
  quota = 0;
  answered = 0;
  #begun = 0;
  readonly #options: CallOptions;
  readonly #socket: Socket;
  readonly #scanner = new FrameScanner(this);
  readonly #windows = new SendWindows();
  readonly #credit = new Credit();
  readonly #large: Buffer | undefined;
  /** Payload bytes of the current large message that were sent. */
  #sentOfLarge = 0;
  #received = 0;
  #isOpen = false;
  #isEnded = false;

  constructor(options: CallOptions) {
    this.#options = options;
    const { port, message } = options;
    if (message.length > DEFAULT_MAX_FRAME_BYTES) {
      this.#large = framed(message, DEFAULT_MAX_FRAME_BYTES, STREAM);
    }
    this.#windows.open(STREAM);
    const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
    const callback = (length: number): boolean => {
      this.#read(buffer.subarray(0, length));
      return true;
    };
    this.#socket = connect({ port, host: "127.0.0.1", noDelay: true, onread: { buffer, callback } });
    this.#socket.on("error", options.onError);
    this.#socket.on("close", () => {
      if (this.#isEnded) {
        options.onClosed();
      } else {
        options.onError(new Error("the connection was closed before the call had ended"));
      }
    });
    this.#socket.write(Buffer.concat([opening(true), headers(STREAM, REQUEST_HEADERS)]));
  }

  /** Sends what quota, window and the number of messages under way allow. */
  pump(): void {
    if (this.#large !== undefined) {
      this.#pumpLarge(this.#large);
    } else {
      this.#pumpSmall();
    }
  }

  end(): void {
    this.#isEnded = true;
    this.#socket.write(frame(FRAME_DATA, FLAG_END_STREAM, STREAM));
  }

  destroy(): void {
    this.#isEnded = true;
    this.#socket.destroy();
  }

  #pumpSmall(): void {
    const { blocks, inFlight, message } = this.#options;
    for (;;) {
      const allowed = Math.min(inFlight - (this.#begun - this.answered), this.quota - this.#begun, MAX_WRITE_MESSAGES);
      const count = Math.min(allowed, Math.floor(this.#windows.available(STREAM) / message.length));
      if (count <= 0) {
        return;
      }
      const { bytes, payloadBytes } = blocks(count);
      this.#windows.spend(STREAM, payloadBytes);
      this.#begun += count;
      this.#socket.write(bytes);
    }
  }

  #pumpLarge(bytes: Buffer): void {
    const { inFlight, message } = this.#options;
    for (;;) {
      if (this.#sentOfLarge === 0) {
        if (this.#begun - this.answered >= inFlight || this.#begun >= this.quota) {
          return;
        }
        this.#begun += 1;
      }
      const window = this.#windows.available(STREAM);
      if (window <= 0) {
        return;
      }
      const at = this.#sentOfLarge;
      const into = at % DEFAULT_MAX_FRAME_BYTES;
      const left = message.length - at;
      const whole = Math.min(
        left,
        Math.floor(Math.min(window, MAX_WRITE_BYTES) / DEFAULT_MAX_FRAME_BYTES) * DEFAULT_MAX_FRAME_BYTES,
      );
      const sent = into === 0 && whole > 0 ? whole : Math.min(left, window, DEFAULT_MAX_FRAME_BYTES - into);
      if (sent === whole && into === 0) {
        const from = framedLength(at);
        this.#socket.write(bytes.subarray(from, framedLength(at + sent)));
      } else {
        this.#socket.write(frame(FRAME_DATA, 0, STREAM, message.subarray(at, at + sent)));
      }
      this.#windows.spend(STREAM, sent);
      this.#sentOfLarge = at + sent === message.length ? 0 : at + sent;
    }
  }

  /** Whether something is still to come back. */
  get isBusy(): boolean {
    return this.#begun > this.answered;
  }

  #read(chunk: Buffer): void {
    const before = this.answered;
    try {
      this.#scanner.scan(chunk);
    } catch (error) {
      this.#options.onError(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    this.answered = Math.floor(this.#received / this.#options.message.length);
    if (this.answered > before) {
      this.#options.onAnswered(this.answered - before);
    }
    if (!this.#isEnded) {
      this.pump();
    }
  }

  dataBegan(_stream: number, length: number): void {
    for (const one of [0, STREAM]) {
      const bytes = this.#credit.take(one, length);
      if (bytes > 0) {
        this.#socket.write(windowUpdate(one, bytes));
      }
    }
  }

  data(chunk: Buffer, start: number, end: number): void {
    if (this.#received < COMPARED_BYTES) {
      this.#compare(chunk, start, end);
    }
    this.#received += end - start;
  }

  #compare(chunk: Buffer, start: number, end: number): void {
    const { message } = this.#options;
    let into = this.#received % message.length;
    for (let at = start; at < end; ) {
      const length = Math.min(end - at, message.length - into);
      if (chunk.compare(message, into, into + length, at, at + length) !== 0) {
        throw new Error("what came back is not what was sent");
      }
      at += length;
      into = 0;
    }
  }

  control(type: number, flags: number, stream: number, payload: Buffer): void {
    switch (type) {
      case FRAME_SETTINGS:
        if ((flags & FLAG_ACK) !== 0) {
          break;
        }
        this.#windows.takeSettings(payload);
        this.#socket.write(settingsAck());
        if (!this.#isOpen) {
          this.#options.onOpen();
        }
        this.#isOpen = true;
        break;
      case FRAME_WINDOW_UPDATE:
        this.#windows.takeUpdate(stream, payload);
        break;
      case FRAME_PING:
        if ((flags & FLAG_ACK) === 0) {
          this.#socket.write(pong(payload));
        }
        break;
      case FRAME_HEADERS:
        if ((flags & FLAG_END_STREAM) === 0) {
          break;
        }
        if (!this.#isEnded) {
          throw new Error("the call was ended by the other side");
        }
        this.#socket.end();
        break;
      case FRAME_RST_STREAM:
      case FRAME_GOAWAY:
        if (!this.#isEnded) {
          throw new Error(`frame of type ${type}: ${payload.toString("latin1")}`);
        }
        break;
      default:
    }
  }
}

/** Where the payload's byte `at` (a frame's first, or the end) stands among frames of the largest size. */
function framedLength(at: number): number {
  return at + Math.ceil(at / DEFAULT_MAX_FRAME_BYTES) * FRAME_HEADER_BYTES;
}
