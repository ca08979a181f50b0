/**
 * What goes to one receiver: its windows, and what waits until they allow it to go on.
 *
 * Only DATA and header blocks ever wait, and what must not overtake them: an acknowledgement of settings behind a header
 * block, and a reset behind the end of its stream. Header blocks never overtake each other.
 */
import { FlowControl } from "./flow-control.ts";
import { copyOf, dataHeader } from "./frame-bytes.ts";
import type { Lane, OwnMessage } from "./lane.ts";
import { type BlockItem, type DataItem, dataItem, type Item, isOrdered } from "./outbox-item.ts";
import { OutgoingBytes } from "./outgoing-bytes.ts";
import { OwnMessages } from "./own-messages.ts";

export type OutboxEvents = {
  /** A reset that waited has gone. */
  resetSent(stream: number): void;
  /** The stream's end has gone to this receiver. */
  endSent(lane: Lane): void;
};

/**
 * A frame of the relay's own may leave while {@link canInsert}: the receiver is between two frames, and not within a header
 * block. Messages leave in this order:
 *
 * - the sender's, and kept ones that were released, as they stand in the queue;
 * - the relay's own (replays, answers), between two of those, taking turns with them. One that was begun is finished first.
 */
export class Outbox {
  readonly flow = new FlowControl();
  /** Lanes whose current message cannot be judged yet. */
  readonly unjudged = new Set<Lane>();
  readonly outgoing = new OutgoingBytes();
  /** What the relay itself sends, in turns with the sender's messages. */
  readonly own = new OwnMessages(this.flow, this.outgoing);
  /** The sender's chunks go on as they come: nothing can be put in between. */
  isPassing = true;
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
  #waitingBlocks = 0;
  /** Messages that go behind one that passes: see {@link Lane.released}. */
  #postponed = 0;
  #passes = 0;

  constructor(events: OutboxEvents) {
    this.#events = events;
  }

  get lanes(): Map<number, Lane> {
    return this.flow.lanes;
  }

  get canInsert(): boolean {
    return !this.isPassing && this.rawLeft === 0 && !this.isBlockOpen && !this.isHeaderOpen;
  }

  get hasWaitingBlocks(): boolean {
    return this.#waitingBlocks > 0;
  }

  /** Something stands in the queue. */
  get hasWaiting(): boolean {
    return this.#queue.length > 0;
  }

  /** Something is to leave by itself, without another byte of the sender. */
  get hasWork(): boolean {
    return this.#queue.length > 0 || this.own.lanes.size > 0;
  }

  /** Nothing waits, neither here nor for more bytes of its message. */
  get isEmpty(): boolean {
    return !this.hasWork && this.unjudged.size === 0 && this.#postponed === 0;
  }

  /** Queues bytes of the sender. */
  data(lane: Lane, bytes: Uint8Array, isView: boolean, endsMessage: boolean): void {
    lane.waiting += bytes.length;
    this.#push(dataItem(lane, { bytes, isView, endsMessage }));
  }

  /** Keeps the place of a message among the sender's. What comes behind waits until the function returned is given it. */
  place(lane: Lane): (message: OwnMessage) => void {
    const item = dataItem(lane, { endsMessage: true, own: "awaited" });
    this.#push(item);
    return (message) => {
      item.bytes = message.bytes;
      item.own = message;
    };
  }

  /** Puts a message that was kept behind all that its sender has sent on: at once, or behind the message that passes. */
  release(lane: Lane, message: OwnMessage): void {
    if (lane.isPassingMessage) {
      lane.released.push(message);
      this.#postponed += 1;
    } else {
      this.#push(dataItem(lane, { bytes: message.bytes, endsMessage: true, own: message }));
    }
  }

  /** The sender's message that passes is complete, or nothing more will come of it. */
  border(lane: Lane): void {
    this.#postponed -= lane.released.length;
    for (const message of lane.released.splice(0)) {
      this.#push(dataItem(lane, { bytes: message.bytes, endsMessage: true, own: message }));
    }
  }

  /** Queues the end of the sender's stream, on what waits last where that may be. */
  end(lane: Lane): void {
    const last = this.#queue.at(-1);
    lane.queuedEnds += 1;
    if (last?.type === "data" && last.lane === lane && lane.own.length === 0) {
      last.endsStream = true;
    } else {
      this.#push(dataItem(lane, { endsStream: true }));
    }
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

  /** The stream was reset: its DATA and our messages are dropped, header blocks still go. */
  close(lane: Lane): void {
    this.lanes.delete(lane.stream);
    lane.isClosed = true;
    this.#keep((item) => item.type !== "data" || item.lane !== lane);
    this.flow.consume(undefined, lane.waiting);
    lane.waiting = 0;
    lane.head = [];
    lane.headBytes = 0;
    this.unjudged.delete(lane);
    this.#postponed -= lane.released.length;
    for (const message of lane.released.splice(0)) {
      message.onGone?.();
    }
    this.own.dropAll(lane, "the stream was reset");
  }

  /** Sends what can go. */
  flush(): void {
    if (!this.canInsert || !this.hasWork) {
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
    for (const lane of this.own.lanes) {
      if (lane.stuckInPass === this.#passes || lane.queued > 0 || lane.isMessageOpen) {
        continue;
      }
      while (lane.own.length > 0 && this.own.send(lane)) {}
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

  #sendItem(item: Item): boolean {
    if (item.type === "data") {
      return this.#sendData(item);
    }
    if (item.type === "block") {
      return this.#sendBlock(item);
    }
    this.outgoing.bytes(item.frame);
    if (item.type === "ack") {
      this.flow.acknowledge();
    } else {
      this.#events.resetSent(item.lane.stream);
    }
    return true;
  }

  #sendBlock({ lane, frames, isComplete, endsStream }: BlockItem): boolean {
    if (!isComplete) {
      return false;
    }
    while (lane !== undefined && !lane.isClosed && this.own.mustGoFirst(lane, endsStream)) {
      if (!this.own.send(lane)) {
        return false;
      }
    }
    for (const frame of frames) {
      this.outgoing.bytes(frame);
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
    while (this.own.mustGoFirst(lane, item.endsStream && item.offset === bytes.length)) {
      if (!this.own.send(lane)) {
        return false;
      }
    }
    do {
      const left = bytes.length - item.offset;
      // Asked for without an excess too: an ACK that makes windows smaller may have overtaken.
      const length = left === 0 ? 0 : Math.min(left, own === undefined ? this.flow.room(lane) : this.own.room(lane));
      if (left > 0 && length <= 0) {
        return false;
      }
      const isLast = length === left;
      if (item.offset === 0) {
        own?.onBegun?.();
      }
      this.outgoing.bytes(dataHeader(lane.stream, length, isLast && item.endsStream));
      if (length > 0) {
        this.outgoing.bytes(bytes.subarray(item.offset, item.offset + length));
      }
      item.offset += length;
      if (own === undefined) {
        lane.waiting -= length;
        this.flow.send(lane, length);
      } else {
        this.own.spend(lane, length);
      }
      lane.isMessageOpen = !(isLast && item.endsMessage);
    } while (item.offset < bytes.length);
    lane.isOurTurn = item.endsMessage;
    if (item.endsStream) {
      this.#ended(lane);
    }
    return true;
  }

  #ended(lane: Lane): void {
    lane.isEndSent = true;
    this.own.dropAll(lane, "the stream has ended");
    this.#events.endSent(lane);
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
    if (item.type === "data" && item.own !== "awaited") {
      item.own?.onGone?.();
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
}
