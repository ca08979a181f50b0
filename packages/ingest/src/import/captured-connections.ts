/** The HTTP/2 connections in a capture: which of the TCP connections are some, and their bytes in order. */
import { joinBytes } from "@inspector/proto";
import { FRAME_HEADER_BYTES, FRAME_SETTINGS, PREFACE, type Side, streamIdAt } from "@inspector/wire/frames";
import { ByteOrder, WaitingRoom } from "./byte-order.ts";
import type { TcpSegment } from "./tcp-segment.ts";

/** Connections that are followed at a time; beyond that the oldest that is not HTTP/2 is forgotten, or the oldest of all ends. */
export const MAX_CONNECTIONS = 4096;
/** What a server may say before its client has. */
const MAX_EARLY_BYTES = 64 * 1024;

/** Takes what crosses on one HTTP/2 connection, in order. Times are nanoseconds since the capture began. */
export type CapturedConnection = {
  push(side: Side, bytes: Uint8Array, at: number): void;
  lost(side: Side, count: number, at: number): void;
  /** The side has closed or, where `isReset`, reset the connection. */
  leaving(side: Side, isReset: boolean): void;
  closed(at: number, resetBy: Side | undefined): void;
};

/** Called for each connection that turns out to be HTTP/2. `server` is its address and port. */
export type OpenConnection = (server: string, at: number) => CapturedConnection;

export class CapturedConnections {
  readonly #open: OpenConnection;
  readonly #isWanted: (server: string) => boolean;
  readonly #room = new WaitingRoom();
  readonly #flows = new Map<string, Flow>();
  /** Connections whose beginning is not in the capture, so that nothing can be made of them. */
  headless = 0;

  /** @param isWanted whether connections to this address and port are asked for */
  constructor(open: OpenConnection, isWanted: (server: string) => boolean) {
    this.#open = open;
    this.#isWanted = isWanted;
  }

  add(segment: TcpSegment, at: number): void {
    const key = segment.from < segment.to ? `${segment.from} ${segment.to}` : `${segment.to} ${segment.from}`;
    let flow = this.#flows.get(key);
    if (flow?.isFollowedBy(segment) === true) {
      // The port is used again. What ended the connection before may not be in the capture.
      flow.finish(at);
      this.#flows.delete(key);
      flow = undefined;
    }
    if (flow === undefined) {
      flow = new Flow(segment, at, this.#room, (server, openedAt) =>
        this.#isWanted(server) ? this.#open(server, openedAt) : undefined,
      );
      this.#makeRoom(at);
      this.#flows.set(key, flow);
    }
    flow.add(segment, at);
    if (flow.isHeadless) {
      this.headless += 1;
      flow.isHeadless = false;
    }
  }

  /** The capture ends: what is still open ends with it. */
  finish(at: number): void {
    for (const flow of this.#flows.values()) {
      flow.finish(at);
    }
    this.#flows.clear();
  }

  #makeRoom(at: number): void {
    if (this.#flows.size < MAX_CONNECTIONS) {
      return;
    }
    for (const [key, flow] of this.#flows) {
      if (flow.isOver || !flow.isHttp2) {
        flow.forget();
        this.#flows.delete(key);
        return;
      }
    }
    const [oldest] = this.#flows;
    oldest?.[1].finish(at);
    this.#flows.delete(oldest?.[0] ?? "");
  }
}

type Early = { readonly side: Side; readonly bytes: Uint8Array; readonly at: number };

/**
 * One TCP connection. States, and what leaves each:
 *
 * - `undecided`: the client has not said enough. Its preface makes it `http2`, anything else `other`.
 * - `http2`: what comes is handed over. A reset, the end of both sides, or the SYN of another connection makes it `over`.
 * - `other`: what comes is passed over.
 * - `over`: nothing more comes.
 */
class Flow {
  /** Set where it was followed from its middle: neither its SYN nor the client's preface was captured. */
  isHeadless = false;
  readonly #openedAt: number;
  readonly #accept: (server: string, at: number) => CapturedConnection | undefined;
  readonly #orders: Readonly<Record<Side, ByteOrder>>;
  #state: "undecided" | "http2" | "other" | "over" = "undecided";
  #client: string | undefined;
  #server = "";
  /** Sequence number of the client's SYN; undefined where nothing tells of it. */
  #synSequence: number | undefined;
  #connection: CapturedConnection | undefined;
  #early: Early[] = [];
  #earlyBytes = 0;
  readonly #left = new Set<Side>();
  #now: number;

  constructor(
    first: TcpSegment,
    at: number,
    room: WaitingRoom,
    accept: (server: string, at: number) => CapturedConnection | undefined,
  ) {
    this.#openedAt = at;
    this.#now = at;
    this.#accept = accept;
    if (first.isSyn) {
      this.#client = first.isAck ? first.to : first.from;
      this.#server = first.isAck ? first.from : first.to;
      this.#synSequence = first.isAck ? before(first.acknowledged) : first.sequence;
    }
    const order = (side: Side): ByteOrder =>
      new ByteOrder(room, {
        bytes: (bytes) => this.#bytes(side, bytes),
        lost: (count) => this.#lost(side, count),
      });
    this.#orders = { worker: order("worker"), host: order("host") };
  }

  get isHttp2(): boolean {
    return this.#state === "http2";
  }

  get isOver(): boolean {
    return this.#state === "over" || this.#state === "other";
  }

  /** Whether a segment begins another connection. A SYN that is sent again has the sequence number of the first. */
  isFollowedBy({ isSyn, isAck, sequence }: TcpSegment): boolean {
    const isKnown = this.#synSequence === undefined || this.#synSequence === sequence;
    return isSyn && !isAck && (this.isOver || !isKnown);
  }

  add(segment: TcpSegment, at: number): void {
    this.#now = at;
    if (this.isOver) {
      return;
    }
    if (this.#client === undefined && !this.#findClient(segment)) {
      return;
    }
    const side: Side = segment.from === this.#client ? "worker" : "host";
    const order = this.#orders[side];
    if (segment.isSyn) {
      order.begin(segment.sequence);
    }
    order.add(segment.isSyn ? (segment.sequence + 1) >>> 0 : segment.sequence, segment.payload, segment.isFin);
    if (segment.isAck) {
      this.#orders[side === "worker" ? "host" : "worker"].acknowledged(segment.acknowledged);
    }
    if (segment.isReset) {
      this.#orders.worker.finish();
      this.#orders.host.finish();
      this.#connection?.leaving(side, true);
      this.#end(side);
    } else if (order.isEnded && !this.#left.has(side)) {
      this.#left.add(side);
      this.#connection?.leaving(side, false);
      if (this.#left.size === 2) {
        this.#end(undefined);
      }
    }
  }

  finish(at: number): void {
    this.#now = Math.max(this.#now, at);
    this.#orders.worker.finish();
    this.#orders.host.finish();
    this.#end(undefined);
  }

  forget(): void {
    this.#state = "over";
    this.#orders.worker.finish();
    this.#orders.host.finish();
  }

  #end(resetBy: Side | undefined): void {
    if (this.#state === "http2") {
      this.#connection?.closed(this.#now, resetBy);
    }
    this.#state = "over";
    this.#early = [];
  }

  /** Who begins with the preface is the client, who begins with settings the server. Without that, and without a SYN, nothing can be told. */
  #findClient({ from, to, payload, sequence }: TcpSegment): boolean {
    if (payload.length === 0) {
      return false;
    }
    const isClient = beginsPreface(payload);
    if (!isClient && !beginsSettings(payload)) {
      this.#state = "other";
      this.isHeadless = true;
      return false;
    }
    this.#client = isClient ? from : to;
    this.#server = isClient ? to : from;
    this.#synSequence = isClient ? before(sequence) : undefined;
    return true;
  }

  #bytes(side: Side, bytes: Uint8Array): void {
    if (this.#state === "http2") {
      this.#connection?.push(side, bytes, this.#now);
    } else if (this.#state === "undecided") {
      this.#early.push({ side, bytes: new Uint8Array(bytes), at: this.#now });
      this.#earlyBytes += bytes.length;
      this.#decide();
    }
  }

  #lost(side: Side, count: number): void {
    if (this.#state === "http2") {
      this.#connection?.lost(side, count, this.#now);
    } else {
      this.#state = "other";
      this.#early = [];
    }
  }

  #decide(): void {
    const said = joinBytes(this.#early.filter(({ side }) => side === "worker").map(({ bytes }) => bytes));
    if (said.length >= PREFACE.length && beginsPreface(said)) {
      this.#connection = this.#accept(this.#server, this.#openedAt);
      this.#state = this.#connection === undefined ? "other" : "http2";
      for (const { side, bytes, at } of this.#early) {
        this.#connection?.push(side, bytes, at);
      }
      this.#early = [];
    } else if (!beginsPreface(said) || this.#earlyBytes > MAX_EARLY_BYTES) {
      this.#state = "other";
      this.#early = [];
    }
  }
}

function before(sequence: number): number {
  return (sequence - 1) >>> 0;
}

/** Whether bytes are the beginning of HTTP/2's preface, or begin with it. */
function beginsPreface(bytes: Uint8Array): boolean {
  return bytes.subarray(0, PREFACE.length).every((byte, at) => byte === PREFACE[at]);
}

/** Whether bytes begin with a SETTINGS frame of the connection, as a server's do. RFC 9113, 3.4 */
function beginsSettings(bytes: Uint8Array): boolean {
  return bytes.length >= FRAME_HEADER_BYTES && bytes[3] === FRAME_SETTINGS && streamIdAt(bytes, 5) === 0;
}
