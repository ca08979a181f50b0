/**
 * One end of an HTTP/2 connection for tests: it never sends what it may not, and notices whatever the other end does
 * that it may not. What it does when is left to dice.
 */
import { http2Writer } from "@inspector/testkit";
import { FRAME_HEADER_BYTES, PREFACE, type Side, streamIdAt, uint32At } from "@inspector/wire/frames";

const { data, frame, headers, settings, settingsAck } = http2Writer;
const MAX_WINDOW = 2 ** 31 - 1;

export type Dice = (sides: number) => number;

type Flow = { send: number; receive: number; unread: number; received: Buffer; ended: boolean; reset: boolean };

export type PeerOptions = {
  readonly side: Side;
  readonly dice: Dice;
  readonly initialWindow: number;
  readonly maxFrame: number;
  readonly onMessage: (stream: number, message: Buffer) => void;
  readonly onEnd?: (stream: number) => void;
};

export class ModelPeer {
  /** What it said and nobody has taken yet. */
  output: Buffer = Buffer.alloc(0);
  readonly streams = new Map<number, Flow>();
  /** gRPC content to be sent, by stream. */
  readonly outgoing = new Map<number, Buffer[]>();
  readonly endings = new Map<number, "data" | "trailers" | "trailers-and-reset">();
  readonly #options: PeerOptions;
  readonly #announced: number[] = [];
  #input: Buffer = Buffer.alloc(0);
  #isOpened = false;
  #send = 65_535;
  #receive = 65_535;
  #unread = 0;
  #theirInitial = 65_535;
  #theirMaxFrame = 16_384;
  #ourInitial = 65_535;
  #isBlockOpen = 0;

  constructor(options: PeerOptions) {
    this.#options = options;
    if (options.side === "worker") {
      this.#say(PREFACE);
    }
    this.announce(options.initialWindow, options.maxFrame);
  }

  announce(initialWindow: number, maxFrame = this.#options.maxFrame): void {
    this.#announced.push(initialWindow);
    this.#say(settings([4, initialWindow], [5, maxFrame]));
  }

  open(stream: number, isEnd = false): void {
    this.#flow(stream);
    const fragmentBytes = this.#options.dice(3) === 0 ? 2 : 10_000;
    this.#say(headers(stream, [["x", "y"]], { endStream: isEnd, fragmentBytes }));
  }

  write(stream: number, content: Buffer): void {
    const outgoing = this.outgoing.get(stream) ?? [];
    outgoing.push(content);
    this.outgoing.set(stream, outgoing);
  }

  reset(stream: number): void {
    this.#flow(stream).reset = true;
    this.outgoing.delete(stream);
    this.endings.delete(stream);
    this.#say(frame(3, 0, stream, Buffer.from([0, 0, 0, 8])));
  }

  /** Sends what it may of what it has to say. Returns whether that was anything. */
  act(): boolean {
    let didAnything = false;
    for (const [stream, outgoing] of this.outgoing) {
      const flow = this.#flow(stream);
      const first = outgoing[0];
      if (first === undefined || flow.reset) {
        continue;
      }
      const allowed = Math.min(flow.send, this.#send, this.#theirMaxFrame);
      const padding = allowed > 10 && this.#options.dice(6) === 0 ? this.#options.dice(9) : undefined;
      const extra = padding === undefined ? 0 : 1 + padding;
      const room = allowed - extra;
      if (room <= 0) {
        continue;
      }
      const content = this.#options.dice(2) === 0 ? Buffer.concat(outgoing.splice(0)) : (outgoing.shift() ?? first);
      const length = Math.min(content.length, room, 1 + this.#options.dice(20_000));
      if (length < content.length) {
        outgoing.unshift(content.subarray(length));
      }
      flow.send -= length + extra;
      this.#send -= length + extra;
      const isLast = outgoing.length === 0 && this.endings.get(stream) === "data" && this.#options.dice(2) === 0;
      if (isLast) {
        this.endings.delete(stream);
      }
      const options = padding === undefined ? {} : { padding };
      this.#say(data(stream, content.subarray(0, length), { ...options, endStream: isLast }));
      didAnything = true;
    }
    for (const [stream, how] of this.endings) {
      if ((this.outgoing.get(stream)?.length ?? 0) > 0) {
        continue;
      }
      this.endings.delete(stream);
      if (how === "data") {
        this.#say(data(stream, Buffer.alloc(0), { endStream: true }));
      } else {
        this.open(stream, true);
      }
      if (how === "trailers-and-reset") {
        this.#flow(stream).reset = true;
        this.#say(frame(3, 0, stream, Buffer.from([0, 0, 0, 0])));
      }
      didAnything = true;
    }
    return didAnything;
  }

  /** Allows the most that there can be on the connection. */
  grow(): void {
    this.#say(frame(8, 0, 0, uint32(MAX_WINDOW - this.#receive)));
    this.#receive = MAX_WINDOW;
  }

  /** Reads what came, and gives credit for it. Returns whether it gave any. */
  read(least: number): boolean {
    let didAnything = false;
    const give = (stream: number, bytes: number): void => {
      this.#say(frame(8, 0, stream, uint32(bytes)));
      didAnything = true;
    };
    if (this.#unread >= least && this.#unread > 0) {
      give(0, this.#unread);
      this.#receive += this.#unread;
      this.#unread = 0;
    }
    for (const [stream, flow] of this.streams) {
      if (flow.unread < least || flow.unread === 0 || flow.ended || flow.reset) {
        continue;
      }
      give(stream, flow.unread);
      flow.receive += flow.unread;
      flow.unread = 0;
    }
    return didAnything;
  }

  receive(bytes: Uint8Array): void {
    this.#input = Buffer.concat([this.#input, bytes]);
    if (!this.#isOpened && this.#options.side === "host") {
      if (this.#input.length < PREFACE.length) {
        return;
      }
      if (!this.#input.subarray(0, PREFACE.length).equals(PREFACE)) {
        throw new Error("no preface");
      }
      this.#input = this.#input.subarray(PREFACE.length);
    }
    this.#isOpened ||= this.#options.side === "host";
    while (this.#input.length >= FRAME_HEADER_BYTES) {
      const length = this.#input.readUIntBE(0, 3);
      if (this.#input.length < FRAME_HEADER_BYTES + length) {
        break;
      }
      const [type, flags] = [this.#input[3] ?? 0, this.#input[4] ?? 0];
      const payload = this.#input.subarray(FRAME_HEADER_BYTES, FRAME_HEADER_BYTES + length);
      const stream = streamIdAt(this.#input, 5);
      this.#input = this.#input.subarray(FRAME_HEADER_BYTES + length);
      this.#frame(type, flags, stream, payload);
    }
  }

  #frame(type: number, flags: number, stream: number, payload: Buffer): void {
    if (!this.#isOpened && type !== 4) {
      throw new Error(`the first frame is of type ${type}`);
    }
    this.#isOpened = true;
    if (this.#isBlockOpen !== 0 && (type !== 9 || stream !== this.#isBlockOpen)) {
      throw new Error("a torn header block");
    }
    if (type === 1 || type === 9) {
      this.#isBlockOpen = (flags & 4) === 0 ? stream : 0;
    }
    if (type === 4) {
      this.#settings(flags, payload);
    } else if (type === 8) {
      this.#credit(stream, uint32At(payload, 0));
    } else if (type === 1) {
      this.#headers(stream, (flags & 1) !== 0);
    } else if (type === 3) {
      this.#reset(stream);
    } else if (type === 0) {
      this.#data(stream, flags, payload);
    }
  }

  #settings(flags: number, payload: Buffer): void {
    if ((flags & 1) !== 0) {
      const initial = this.#announced.shift() ?? 0;
      for (const flow of this.streams.values()) {
        flow.receive += initial - this.#ourInitial;
      }
      this.#ourInitial = initial;
      return;
    }
    for (let at = 0; at < payload.length; at += 6) {
      const value = uint32At(payload, at + 2);
      if (payload[at + 1] === 5) {
        this.#theirMaxFrame = value;
      }
      if (payload[at + 1] !== 4) {
        continue;
      }
      for (const flow of this.streams.values()) {
        flow.send += value - this.#theirInitial;
      }
      this.#theirInitial = value;
    }
    this.#say(settingsAck());
  }

  #credit(stream: number, bytes: number): void {
    if (stream === 0) {
      this.#send += bytes;
    }
    const flow = this.streams.get(stream);
    if (flow?.reset === true) {
      return;
    }
    if (flow !== undefined) {
      flow.send += bytes;
    }
    if (this.#send > MAX_WINDOW || (flow?.send ?? 0) > MAX_WINDOW) {
      throw new Error("a window overflows");
    }
  }

  #headers(stream: number, isEnd: boolean): void {
    const flow = this.#flow(stream);
    if (flow.ended) {
      throw new Error(`header block behind the end of stream ${stream}`);
    }
    if (isEnd) {
      this.#end(stream, flow);
    }
  }

  #reset(stream: number): void {
    const flow = this.streams.get(stream);
    if (flow === undefined) {
      throw new Error(`reset of stream ${stream}, which was never opened`);
    }
    flow.reset = true;
    this.outgoing.delete(stream);
    this.endings.delete(stream);
  }

  #data(stream: number, flags: number, payload: Buffer): void {
    const flow = this.streams.get(stream);
    if (flow === undefined || flow.ended) {
      throw new Error(`DATA on stream ${stream}, which is not open`);
    }
    if (payload.length > Math.max(16_384, this.#options.maxFrame)) {
      throw new Error("a frame that is too large");
    }
    this.#receive -= payload.length;
    this.#unread += payload.length;
    if (this.#receive < 0) {
      throw new Error("more than the connection's window");
    }
    if (flow.reset) {
      return;
    }
    flow.receive -= payload.length;
    flow.unread += payload.length;
    if (payload.length > 0 && flow.receive < 0) {
      throw new Error(`more than the window of stream ${stream}`);
    }
    const padding = (flags & 8) === 0 ? 0 : 1 + (payload[0] ?? 0);
    const content = padding === 0 ? payload : payload.subarray(1, payload.length - padding + 1);
    flow.received = Buffer.concat([flow.received, content]);
    while (flow.received.length >= 5 && flow.received.length >= 5 + flow.received.readUInt32BE(1)) {
      const end = 5 + flow.received.readUInt32BE(1);
      const message = flow.received.subarray(5, end);
      flow.received = flow.received.subarray(end);
      this.#options.onMessage(stream, message);
    }
    if ((flags & 1) !== 0) {
      this.#end(stream, flow);
    }
  }

  #end(stream: number, flow: Flow): void {
    flow.ended = true;
    this.#options.onEnd?.(stream);
  }

  #flow(stream: number): Flow {
    const known = this.streams.get(stream);
    if (known !== undefined) {
      return known;
    }
    const flow: Flow = {
      send: this.#theirInitial,
      receive: this.#ourInitial,
      unread: 0,
      received: Buffer.alloc(0),
      ended: false,
      reset: false,
    };
    this.streams.set(stream, flow);
    return flow;
  }

  #say(bytes: Uint8Array): void {
    this.output = Buffer.concat([this.output, bytes]);
  }
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
