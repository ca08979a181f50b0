/**
 * What goes to one receiver: its true windows, and what waits until they allow it to go on.
 *
 * Only DATA and header blocks ever wait, and what must not overtake them: an acknowledgement of settings behind a header
 * block, and a reset behind the end of its stream. Header blocks never overtake each other.
 */
import { DEFAULT_WINDOW_BYTES } from "@inspector/wire/frames";
import { copyOf, dataHeader, windowUpdate } from "./frame-bytes.ts";
import type { Lane, OwnMessage } from "./lane.ts";
import { PendingSettings } from "./settings.ts";

type DataItem = {
  readonly type: "data";
  readonly lane: Lane;
  bytes: Uint8Array;
  /** Bytes of it that were sent. */
  offset: number;
  /** It is a view into the chunk that is being read. */
  isView: boolean;
  /** A message ends with it. */
  readonly endsMessage: boolean;
  endsStream: boolean;
  /** Set where it is not the sender's: a message that stands in the place of one of its own, or is waited for. */
  own?: OwnMessage | "awaited";
};
type BlockItem = {
  readonly type: "block";
  readonly lane: Lane | undefined;
  readonly frames: Uint8Array[];
  readonly endsStream: boolean;
  isComplete: boolean;
};
type ResetItem = { readonly type: "reset"; readonly lane: Lane; readonly frame: Uint8Array };
type AckItem = { readonly type: "ack"; readonly lane: undefined; readonly frame: Uint8Array };
type Item = DataItem | BlockItem | ResetItem | AckItem;

export type OutboxEvents = {
  /** A reset that waited has gone. */
  resetSent(stream: number): void;
  /** The stream's end has gone to this receiver. */
  endSent(lane: Lane): void;
};

export class Outbox {
  readonly lanes = new Map<number, Lane>();
  /** Lanes whose current message cannot be judged yet. */
  readonly unjudged = new Set<Lane>();
  /** Of the connection, as {@link Lane}'s of a stream. */
  window = DEFAULT_WINDOW_BYTES;
  debt = 0;
  owed = 0;
  readonly settings = new PendingSettings();
  /** Bytes of a frame that goes on as it comes: until they are there nothing can be put in between. */
  rawLeft = 0;
  /** HEADERS went on, and not all of its CONTINUATION. */
  isBlockOpen = false;
  /** Part of a frame's header went on before this direction was looked at. */
  isHeaderOpen = false;
  /** The receiver was told its sender's settings: until then it takes nothing else. */
  hasSettings = false;
  readonly #events: OutboxEvents;
  readonly #queue: Item[] = [];
  /** Lanes with messages of our own. */
  readonly #ownLanes = new Set<Lane>();
  readonly #owedLanes = new Set<Lane>();
  #waitingBlocks = 0;
  #passes = 0;
  #pieces: Uint8Array[] = [];
  #chunk: Uint8Array | undefined;
  #runStart = 0;
  #runEnd = 0;

  constructor(events: OutboxEvents) {
    this.#events = events;
  }

  get canInsert(): boolean {
    return this.rawLeft === 0 && !this.isBlockOpen && !this.isHeaderOpen;
  }

  get hasWaitingBlocks(): boolean {
    return this.#waitingBlocks > 0;
  }

  /** Nothing waits, and nothing is owed to or by anybody. */
  get isSettled(): boolean {
    if (this.#queue.length > 0 || this.#ownLanes.size > 0 || this.unjudged.size > 0) {
      return false;
    }
    if (this.debt > 0 || this.owed > 0) {
      return false;
    }
    for (const { debt } of this.lanes.values()) {
      if (debt > 0) {
        return false;
      }
    }
    return this.#owedLanes.size === 0;
  }

  get hasWaiting(): boolean {
    return this.#queue.length > 0;
  }

  /** Sends bytes of a chunk as they stand there. */
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

  /** All that was sent since the last call; views into the chunk among it. */
  take(): readonly Uint8Array[] {
    this.#endRun();
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces;
  }

  /**
   * Whether so much of the sender's can go at once. Without debts what it sends is its own affair, unless an
   * acknowledgement waits here, with which it may send more.
   */
  fits(lane: Lane | undefined, bytes: number): boolean {
    if (this.debt > 0 && bytes > this.window) {
      return false;
    }
    if (lane === undefined || bytes <= lane.window) {
      return true;
    }
    return lane.debt === 0 && !this.hasWaitingBlocks;
  }

  /** So many bytes of the sender go to the receiver. */
  spend(lane: Lane | undefined, bytes: number): void {
    this.window -= bytes;
    if (lane !== undefined) {
      lane.window -= bytes;
    }
  }

  /** So many bytes of the sender will never go to the receiver, who will not credit them. */
  forgo(lane: Lane | undefined, bytes: number): void {
    const repaid = Math.min(bytes, this.debt);
    this.debt -= repaid;
    this.owed += bytes - repaid;
    if (lane === undefined || lane.isClosed) {
      return;
    }
    const laneRepaid = Math.min(bytes, lane.debt);
    lane.debt -= laneRepaid;
    if (!lane.isEnded) {
      this.#owe(lane, bytes - laneRepaid);
    }
  }

  /**
   * Makes sure that the sender can send so many bytes more: it gets credit for what waits here before that has gone on.
   * Never more than the receiver's own windows would be if it had all of it.
   */
  advance(lane: Lane, bytes: number): void {
    if (lane.window + lane.debt - lane.waiting < bytes) {
      const given = Math.max(0, lane.waiting - lane.debt);
      lane.debt += given;
      this.#owe(lane, given);
    }
    let waiting = 0;
    for (const one of this.lanes.values()) {
      waiting += one.waiting;
    }
    if (this.window + this.debt - waiting >= bytes) {
      return;
    }
    const given = Math.max(0, waiting - this.debt);
    this.debt += given;
    this.owed += given;
  }

  /** The receiver gives credit. Returns how much of it is left for the sender. */
  credit(stream: number, bytes: number): number {
    const account = stream === 0 ? this : this.lanes.get(stream);
    if (account === undefined) {
      return bytes;
    }
    account.window += bytes;
    const repaid = Math.min(bytes, account.debt);
    account.debt -= repaid;
    return bytes - repaid;
  }

  /** The receiver's oldest settings that were not acknowledged are. */
  acknowledge(): void {
    const growth = this.settings.acknowledge();
    if (growth !== 0) {
      for (const lane of this.lanes.values()) {
        lane.window += growth;
      }
    }
  }

  /** Queues bytes of the sender. */
  data(lane: Lane, bytes: Uint8Array, isView: boolean, endsMessage: boolean): void {
    lane.waiting += bytes.length;
    this.#push({ type: "data", lane, bytes, offset: 0, isView, endsMessage, endsStream: false });
  }

  /** Keeps the place of a message among the sender's. What comes behind waits until the function returned is given it. */
  place(lane: Lane): (message: OwnMessage) => void {
    const bytes = new Uint8Array(0);
    const item: DataItem = {
      type: "data",
      lane,
      bytes,
      offset: 0,
      isView: false,
      endsMessage: true,
      endsStream: false,
    };
    item.own = "awaited";
    this.#push(item);
    return (message) => {
      item.bytes = message.bytes;
      item.own = message;
    };
  }

  /** Queues the end of the sender's stream, on what waits last where that may be. */
  end(lane: Lane): void {
    const last = this.#queue.at(-1);
    lane.queuedEnds += 1;
    if (last?.type === "data" && last.lane === lane && lane.own.length === 0) {
      last.endsStream = true;
      return;
    }
    const bytes = new Uint8Array(0);
    this.#push({ type: "data", lane, bytes, offset: 0, isView: false, endsMessage: false, endsStream: true });
  }

  block(lane: Lane | undefined, endsStream: boolean): BlockItem {
    const item: BlockItem = { type: "block", lane, frames: [], endsStream, isComplete: false };
    this.#waitingBlocks += 1;
    if (lane !== undefined) {
      lane.queuedEnds += 1;
    }
    this.#push(item);
    return item;
  }

  reset(lane: Lane, frame: Uint8Array): void {
    this.#push({ type: "reset", lane, frame });
  }

  ack(frame: Uint8Array): void {
    this.#push({ type: "ack", lane: undefined, frame });
  }

  /** Queues a message of our own. */
  send(lane: Lane, message: OwnMessage): void {
    lane.own.push(message);
    this.#ownLanes.add(lane);
  }

  /** The sender has ended the stream: replays that were not begun are not sent. */
  dropReplays(lane: Lane, reason: string): void {
    const begun = lane.ownOffset > 0 ? 1 : 0;
    const dropped = lane.own.filter(({ isReplay }, n) => n >= begun && isReplay);
    const left = lane.own.filter((message) => !dropped.includes(message));
    lane.own.splice(0, lane.own.length, ...left);
    if (left.length === 0) {
      this.#ownLanes.delete(lane);
    }
    for (const message of dropped) {
      message.onDropped?.(reason);
    }
  }

  /** The stream was reset: its DATA and our messages are dropped, header blocks still go. */
  close(lane: Lane): void {
    this.lanes.delete(lane.stream);
    lane.isClosed = true;
    this.#keep((item) => item.type !== "data" || item.lane !== lane);
    this.forgo(undefined, lane.waiting);
    lane.waiting = 0;
    lane.head = [];
    lane.headBytes = 0;
    this.unjudged.delete(lane);
    this.#dropOwn(lane, "the stream was reset");
  }

  /** Sends what can go. */
  flush(): void {
    if (!this.canInsert || (this.#queue.length === 0 && this.#ownLanes.size === 0)) {
      return;
    }
    this.#passes += 1;
    let isBlockStuck = false;
    for (const item of this.#queue.splice(0)) {
      if (item.type === "data" && item.lane.isClosed) {
        this.#unqueue(item);
        continue;
      }
      const isStuck = item.lane?.stuckInPass === this.#passes || (isBlockStuck && isOrdered(item));
      if (!isStuck && this.#sendItem(item)) {
        this.#unqueue(item);
        continue;
      }
      this.#queue.push(item);
      if (item.lane !== undefined) {
        item.lane.stuckInPass = this.#passes;
      }
      if (item.type === "block") {
        isBlockStuck = true;
      }
    }
    for (const lane of this.#ownLanes) {
      if (lane.stuckInPass === this.#passes || lane.queued > 0 || lane.isMessageOpen) {
        continue;
      }
      while (lane.own.length > 0 && this.#sendOwn(lane)) {}
    }
  }

  /** Views into the chunk become copies of their own. */
  settle(): void {
    for (let n = this.#queue.length - 1; n >= 0; n--) {
      const item = this.#queue[n];
      if (item?.type !== "data" || !item.isView) {
        continue;
      }
      item.bytes = copyOf(item.bytes, item.offset);
      item.offset = 0;
      item.isView = false;
    }
  }

  /** The WINDOW_UPDATEs that the sender is to get from us, through the outbox of the other direction. */
  pay(to: Outbox): void {
    if (!to.canInsert || !to.hasSettings) {
      return;
    }
    if (this.owed > 0) {
      to.bytes(windowUpdate(0, this.owed));
    }
    this.owed = 0;
    for (const lane of this.#owedLanes) {
      if (!lane.isEnded && !lane.isClosed) {
        to.bytes(windowUpdate(lane.stream, lane.owed));
      }
      lane.owed = 0;
    }
    this.#owedLanes.clear();
  }

  #sendItem(item: Item): boolean {
    if (item.type === "data") {
      return this.#sendData(item);
    }
    if (item.type === "block") {
      return this.#sendBlock(item);
    }
    this.bytes(item.frame);
    if (item.type === "ack") {
      this.acknowledge();
    } else {
      this.#events.resetSent(item.lane.stream);
    }
    return true;
  }

  #sendBlock({ lane, frames, isComplete, endsStream }: BlockItem): boolean {
    if (!isComplete) {
      return false;
    }
    while (lane !== undefined && !lane.isClosed && this.#mustGoFirst(lane, endsStream)) {
      if (!this.#sendOwn(lane)) {
        return false;
      }
    }
    for (const frame of frames) {
      this.bytes(frame);
    }
    this.#waitingBlocks -= 1;
    if (lane === undefined) {
      return true;
    }
    lane.isOpen = true;
    if (endsStream) {
      this.#ended(lane);
    }
    return true;
  }

  #sendData(item: DataItem): boolean {
    const { lane, bytes, own } = item;
    if (own === "awaited") {
      return false;
    }
    while (this.#mustGoFirst(lane, item.endsStream && item.offset === bytes.length)) {
      if (!this.#sendOwn(lane)) {
        return false;
      }
    }
    do {
      const left = bytes.length - item.offset;
      // Even without a debt: an acknowledgement that makes windows smaller may have overtaken this.
      const length = left === 0 ? 0 : Math.min(left, lane.window, this.window, this.settings.current.maxFrameBytes);
      if (left > 0 && length <= 0) {
        return false;
      }
      const isLast = length === left;
      if (item.offset === 0) {
        own?.onBegun?.();
      }
      this.bytes(dataHeader(lane.stream, length, isLast && item.endsStream));
      if (length > 0) {
        this.bytes(bytes.subarray(item.offset, item.offset + length));
      }
      item.offset += length;
      if (own === undefined) {
        lane.waiting -= length;
      } else {
        this.#incur(lane, length);
      }
      this.spend(lane, length);
      lane.isMessageOpen = !(isLast && item.endsMessage);
    } while (item.offset < bytes.length);
    lane.isOurTurn = item.endsMessage;
    if (item.endsStream) {
      this.#ended(lane);
    }
    return true;
  }

  /** Whether a message of our own goes before what the sender says next. */
  #mustGoFirst(lane: Lane, endsStream: boolean): boolean {
    if (lane.own.length === 0) {
      return false;
    }
    return lane.ownOffset > 0 || (!lane.isMessageOpen && (lane.isOurTurn || endsStream));
  }

  /** Sends of our own first message what can go; true when it is complete. */
  #sendOwn(lane: Lane): boolean {
    const message = lane.own[0];
    if (message === undefined) {
      return true;
    }
    if (!lane.isOpen || lane.isEndSent) {
      return false;
    }
    while (lane.ownOffset < message.bytes.length) {
      const left = message.bytes.length - lane.ownOffset;
      const length = Math.min(left, lane.window, this.window, this.settings.current.maxFrameBytes);
      if (length <= 0) {
        return false;
      }
      if (lane.ownOffset === 0) {
        message.onBegun?.();
      }
      this.bytes(dataHeader(lane.stream, length, false));
      this.bytes(message.bytes.subarray(lane.ownOffset, lane.ownOffset + length));
      lane.ownOffset += length;
      this.spend(lane, length);
      this.#incur(lane, length);
    }
    lane.own.shift();
    lane.ownOffset = 0;
    lane.isOurTurn = false;
    if (lane.own.length === 0) {
      this.#ownLanes.delete(lane);
    }
    return true;
  }

  /** So many bytes that the sender knows nothing of go to the receiver. */
  #incur(lane: Lane, bytes: number): void {
    this.debt += bytes;
    lane.debt += bytes;
  }

  #owe(lane: Lane, bytes: number): void {
    if (bytes === 0) {
      return;
    }
    lane.owed += bytes;
    this.#owedLanes.add(lane);
  }

  #ended(lane: Lane): void {
    lane.isEndSent = true;
    this.#dropOwn(lane, "the stream has ended");
    this.#events.endSent(lane);
  }

  #dropOwn(lane: Lane, reason: string): void {
    const begun = lane.ownOffset > 0 ? 1 : 0;
    this.#ownLanes.delete(lane);
    for (const message of lane.own.splice(0).slice(begun)) {
      message.onDropped?.(reason);
    }
  }

  #push(item: Item): void {
    if (item.lane !== undefined) {
      item.lane.queued += 1;
    }
    this.#queue.push(item);
  }

  #unqueue(item: Item): void {
    const { lane } = item;
    if (lane === undefined) {
      return;
    }
    lane.queued -= 1;
    if (item.type === "block" || (item.type === "data" && item.endsStream)) {
      lane.queuedEnds -= 1;
    }
  }

  #keep(isKept: (item: Item) => boolean): void {
    for (const item of this.#queue.splice(0)) {
      if (isKept(item)) {
        this.#queue.push(item);
      } else {
        this.#unqueue(item);
      }
    }
  }

  #endRun(): void {
    if (this.#chunk !== undefined) {
      this.#pieces.push(this.#chunk.subarray(this.#runStart, this.#runEnd));
    }
    this.#chunk = undefined;
  }
}

/** Header blocks keep their order, and an acknowledgement does not overtake one. */
function isOrdered(item: Item): boolean {
  return item.type === "block" || item.type === "ack";
}
