/** A process that answers every call with what it is sent, FRAME_DATA frame for FRAME_DATA frame. Prints its port. */
import { type AddressInfo, createServer, type Socket } from "node:net";
import { frame, headers, pong, settingsAck, windowUpdate } from "@inspector/testkit/http2-writer";
import {
  DEFAULT_MAX_FRAME_BYTES,
  FLAG_ACK,
  FLAG_END_STREAM,
  FRAME_DATA,
  FRAME_HEADERS,
  FRAME_PING,
  FRAME_RST_STREAM,
  FRAME_SETTINGS,
  FRAME_WINDOW_UPDATE,
  PREFACE,
} from "@inspector/wire/frames";
import { FrameScanner, type FrameSink } from "./frame-scanner.ts";
import { Credit, opening, SendWindows } from "./windows.ts";

type Call = { readonly waiting: Buffer[]; isEnding: boolean };

/**
 * One connection. A frame that came and that the other side has room for is sent back as the same bytes, header and
 * all; whatever does not fit waits and is cut anew.
 */
class EchoConnection implements FrameSink {
  readonly #socket: Socket;
  readonly #scanner = new FrameScanner(this, PREFACE.length);
  readonly #windows = new SendWindows();
  readonly #credit = new Credit();
  readonly #calls = new Map<number, Call>();
  #isPassing = false;
  /** The bytes of this chunk that go back as they are. */
  #chunk: Buffer = Buffer.alloc(0);
  #from = -1;
  #to = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("drain", () => socket.resume());
    socket.on("end", () => socket.end());
    socket.write(opening(false));
  }

  #take(chunk: Buffer): void {
    this.#chunk = chunk;
    this.#scanner.scan(chunk);
    this.#flush();
    if (this.#socket.writableNeedDrain) {
      this.#socket.pause();
    }
  }

  #flush(): void {
    if (this.#from >= 0) {
      this.#socket.write(this.#chunk.subarray(this.#from, this.#to));
    }
    this.#from = -1;
  }

  dataBegan(stream: number, length: number, flags: number, at: number, header: Buffer): void {
    this.#giveCredit(stream, length);
    const call = this.#calls.get(stream);
    this.#isPassing = flags === 0 && call?.waiting.length === 0 && this.#windows.available(stream) >= length;
    if (!this.#isPassing) {
      this.#flush();
      if (call === undefined) {
        return;
      }
      call.isEnding = (flags & FLAG_END_STREAM) !== 0;
      if (length === 0) {
        this.#send(stream, call);
      }
      return;
    }
    this.#windows.spend(stream, length);
    if (at < 0) {
      this.#socket.write(Buffer.from(header));
      return;
    }
    if (this.#from < 0) {
      this.#from = at;
    }
    this.#to = at + header.length;
  }

  data(chunk: Buffer, start: number, end: number, stream: number): void {
    if (this.#isPassing) {
      if (this.#from < 0) {
        this.#from = start;
      }
      this.#to = end;
      return;
    }
    const call = this.#calls.get(stream);
    call?.waiting.push(chunk.subarray(start, end));
    if (call !== undefined && !call.isEnding) {
      this.#send(stream, call);
    }
  }

  control(type: number, flags: number, stream: number, payload: Buffer): void {
    this.#flush();
    switch (type) {
      case FRAME_HEADERS:
        this.#windows.open(stream);
        this.#calls.set(stream, { waiting: [], isEnding: false });
        this.#socket.write(headers(stream, RESPONSE));
        break;
      case FRAME_SETTINGS:
        if ((flags & FLAG_ACK) !== 0) {
          break;
        }
        this.#windows.takeSettings(payload);
        this.#socket.write(settingsAck());
        this.#sendAll();
        break;
      case FRAME_WINDOW_UPDATE:
        this.#windows.takeUpdate(stream, payload);
        this.#sendAll();
        break;
      case FRAME_PING:
        if ((flags & FLAG_ACK) === 0) {
          this.#socket.write(pong(payload));
        }
        break;
      case FRAME_RST_STREAM:
        this.#forget(stream);
        break;
      default:
    }
  }

  #giveCredit(stream: number, length: number): void {
    for (const one of [0, stream]) {
      const bytes = this.#credit.take(one, length);
      if (bytes === 0) {
        continue;
      }
      this.#flush();
      this.#socket.write(windowUpdate(one, bytes));
    }
  }

  #sendAll(): void {
    for (const [stream, call] of this.#calls) {
      if (call.waiting.length > 0) {
        this.#send(stream, call);
      }
    }
  }

  #send(stream: number, call: Call): void {
    this.#socket.cork();
    for (let next = call.waiting[0]; next !== undefined; next = call.waiting[0]) {
      const length = Math.min(next.length, this.#windows.available(stream), DEFAULT_MAX_FRAME_BYTES);
      if (length <= 0) {
        break;
      }
      this.#windows.spend(stream, length);
      this.#socket.write(frame(FRAME_DATA, 0, stream, next.subarray(0, length)));
      if (length === next.length) {
        call.waiting.shift();
      } else {
        call.waiting[0] = next.subarray(length);
      }
    }
    if (call.isEnding && call.waiting.length === 0) {
      this.#socket.write(headers(stream, TRAILERS, { endStream: true }));
      this.#forget(stream);
    }
    this.#socket.uncork();
  }

  #forget(stream: number): void {
    this.#calls.delete(stream);
    this.#windows.close(stream);
    this.#credit.close(stream);
  }
}

const RESPONSE = [
  [":status", "200"],
  ["content-type", "application/grpc"],
] as const;
const TRAILERS = [["grpc-status", "0"]] as const;

const server = createServer({ noDelay: true }, (socket) => void new EchoConnection(socket));
server.listen({ host: "127.0.0.1", port: 0 }, () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
