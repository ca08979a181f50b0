/** One end of an EventStream over a socket: cuts what comes into messages, and frames what is said. */
import type { Socket } from "node:net";
import { frame, grpcMessage, pong, settingsAck, windowUpdate } from "@inspector/testkit/http2-writer";
import {
  DEFAULT_MAX_FRAME_BYTES,
  FLAG_ACK,
  FRAME_DATA,
  FRAME_GOAWAY,
  FRAME_HEADERS,
  FRAME_PING,
  FRAME_RST_STREAM,
  FRAME_SETTINGS,
  FRAME_WINDOW_UPDATE,
  PREFACE,
} from "@inspector/wire/frames";
import { PREFIX_BYTES } from "@inspector/wire/grpc-prefix";
import { FrameScanner, type FrameSink } from "../load/frame-scanner.ts";
import { Credit, opening, SendWindows } from "../load/windows.ts";

export const STREAM = 1;
const NOTHING: Buffer = Buffer.alloc(0);

export type PeerOptions = {
  readonly socket: Socket;
  readonly isClient: boolean;
  /** The other side's FRAME_HEADERS have come. */
  readonly onOpen: () => void;
  /** A message without its prefix; the bytes are good until the call returns. */
  readonly onMessage: (message: Buffer) => void;
  readonly onError: (error: Error) => void;
};

export class Peer implements FrameSink {
  readonly #options: PeerOptions;
  readonly #socket: Socket;
  readonly #scanner: FrameScanner;
  readonly #windows = new SendWindows();
  readonly #credit = new Credit();
  /** The beginning of a message whose end has not come. */
  #rest = NOTHING;

  constructor(options: PeerOptions) {
    const { socket, isClient, onError } = options;
    this.#options = options;
    this.#socket = socket;
    this.#scanner = new FrameScanner(this, isClient ? 0 : PREFACE.length);
    this.#windows.open(STREAM);
    socket.on("error", onError);
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.write(opening(isClient));
  }

  writeRaw(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** Both sides give the largest windows there are, so a message that does not fit is a fault. */
  say(message: Uint8Array): void {
    const bytes = grpcMessage(message);
    if (this.#windows.available(STREAM) < bytes.length) {
      throw new Error("the other side's window is used up");
    }
    this.#windows.spend(STREAM, bytes.length);
    for (let at = 0; at < bytes.length; at += DEFAULT_MAX_FRAME_BYTES) {
      this.#socket.write(frame(FRAME_DATA, 0, STREAM, bytes.subarray(at, at + DEFAULT_MAX_FRAME_BYTES)));
    }
  }

  /** Answers to one chunk leave in one write. */
  #take(chunk: Buffer): void {
    this.#socket.cork();
    try {
      this.#scanner.scan(chunk);
    } catch (error) {
      this.#options.onError(error instanceof Error ? error : new Error(String(error)));
    } finally {
      this.#socket.uncork();
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
    const part = chunk.subarray(start, end);
    const bytes = this.#rest.length === 0 ? part : Buffer.concat([this.#rest, part]);
    let at = 0;
    while (bytes.length - at >= PREFIX_BYTES) {
      const stop = at + PREFIX_BYTES + bytes.readUInt32BE(at + 1);
      if (stop > bytes.length) {
        break;
      }
      this.#options.onMessage(bytes.subarray(at + PREFIX_BYTES, stop));
      at = stop;
    }
    this.#rest = at === bytes.length ? NOTHING : Buffer.from(bytes.subarray(at));
  }

  control(type: number, flags: number, stream: number, payload: Buffer): void {
    switch (type) {
      case FRAME_HEADERS:
        this.#options.onOpen();
        break;
      case FRAME_SETTINGS:
        if ((flags & FLAG_ACK) !== 0) {
          break;
        }
        this.#windows.takeSettings(payload);
        this.#socket.write(settingsAck());
        break;
      case FRAME_WINDOW_UPDATE:
        this.#windows.takeUpdate(stream, payload);
        break;
      case FRAME_PING:
        if ((flags & FLAG_ACK) === 0) {
          this.#socket.write(pong(payload));
        }
        break;
      case FRAME_RST_STREAM:
      case FRAME_GOAWAY:
        throw new Error(`the other side ended the stream: frame of type ${type}`);
      default:
    }
  }
}
