/**
 * What comes from one sender. It is counted from the connection's first byte on, frame by frame; while somebody
 * intervenes it is also cut into frames and messages, each of which goes on as it is, waits, or does not go on.
 */

import { type FrameListener, FrameWalker } from "@inspector/wire/frame-walker";
import {
  FLAG_ACK,
  FLAG_END_HEADERS,
  FLAG_END_STREAM,
  FLAG_PADDED,
  FRAME_CONTINUATION,
  FRAME_DATA,
  FRAME_HEADER_BYTES,
  FRAME_HEADERS,
  FRAME_PUSH_PROMISE,
  FRAME_RST_STREAM,
  FRAME_SETTINGS,
  FRAME_WINDOW_UPDATE,
  type Side,
  streamIdAt,
} from "@inspector/wire/frames";
import { copyOf, windowUpdate } from "./frame-bytes.ts";
import type { Lane } from "./lane.ts";
import { cutMessages, flushIncomplete, type Judge, passesWhole } from "./message-cutter.ts";
import type { Outbox } from "./outbox.ts";

/** What becomes of the payload of the current frame. */
type Mode = "raw" | "content" | "small" | "block";
type QueuedBlock = ReturnType<Outbox["block"]>;

/** Longest frame that is put together, of those that have to be read whole; nobody sends more settings. */
const MAX_SMALL_BYTES = 16_384;

export type InboxEvents = {
  /** The sender speaks of a stream that it may be opening. */
  headers(stream: number): void;
  /** Content of a lane whose {@link Lane.opening} is waited for. */
  opening(lane: Lane, bytes: Uint8Array): void;
  /** The sender has ended its direction of the stream; nothing of its end has gone on yet. */
  ended(lane: Lane): void;
  /** Its end has gone on. */
  endPassed(lane: Lane): void;
  /** The stream was reset by the sender, and that has gone on. */
  reset(stream: number): void;
};

export class Inbox implements FrameListener {
  readonly walker: FrameWalker;
  /** Where what comes goes. */
  readonly #forward: Outbox;
  /** What goes to the sender. */
  readonly #backward: Outbox;
  readonly #events: InboxEvents;
  readonly #judge: Judge;
  #isActive = false;
  #mode: Mode = "raw";
  /** The current frame is only counted, since part of it went on before we looked. */
  #isCommitted = false;
  /** Bytes of the next frame's header that went on before this direction was looked at. */
  #goneHeaderBytes = 0;
  #type = 0;
  #flags = 0;
  #stream = 0;
  #lane: Lane | undefined;
  /** Bytes of content, and of what is not (padding and its length), to come of the current DATA frame. */
  #contentLeft = 0;
  #padding = 0;
  #isPadLengthNext = false;
  #payloadLeft = 0;
  /** A frame that must be whole. */
  #small = new Uint8Array(0);
  #smallBytes = 0;
  #openBlock: QueuedBlock | undefined;
  #cachedLane: Lane | undefined;

  constructor(side: Side, forward: Outbox, backward: Outbox, judge: Judge, events: InboxEvents) {
    this.walker = new FrameWalker(side, this);
    this.#forward = forward;
    this.#backward = backward;
    this.#judge = judge;
    this.#events = events;
  }

  get isActive(): boolean {
    return this.#isActive;
  }

  /** Looks at everything from here on. What came until now has gone on as it was. */
  activate(): void {
    this.#isActive = true;
    this.#isCommitted = true;
    this.#mode = "raw";
    this.#payloadLeft = this.walker.payloadLeft;
    this.#forward.rawLeft = this.#payloadLeft;
    this.#goneHeaderBytes = this.walker.partialHeader.length;
    this.#forward.isHeaderOpen = this.#goneHeaderBytes > 0;
    for (const lane of this.#forward.lanes.values()) {
      lane.sync();
    }
  }

  /** True where the rest of what comes can just be passed on. */
  get canDeactivate(): boolean {
    if (this.walker.isHttp2 === false) {
      return true;
    }
    if (this.walker.payloadLeft > 0 && this.#mode !== "raw") {
      return false;
    }
    if (this.#openBlock !== undefined) {
      return false;
    }
    for (const lane of this.#forward.lanes.values()) {
      if (lane.verdict !== "pass" && lane.left > 0) {
        return false;
      }
    }
    return true;
  }

  deactivate(): void {
    this.#isActive = false;
    const gone = this.#forward.isHeaderOpen ? this.#goneHeaderBytes : 0;
    const header = copyOf(this.walker.partialHeader, gone);
    if (header.length > 0 && this.walker.isHttp2 !== false) {
      this.#forward.bytes(header);
    }
    this.#forward.isHeaderOpen = false;
    this.#forward.rawLeft = 0;
  }

  frame(header: Uint8Array, at: number, length: number, chunk: Uint8Array, start: number, end: number): boolean {
    const type = header[at + 3] ?? 0;
    const flags = header[at + 4] ?? 0;
    const stream = streamIdAt(header, at + 5);
    if (!this.#isActive) {
      return this.#count(type, flags, stream, length, chunk, start, end);
    }
    this.#payloadLeft = length - (end - start);
    if (this.#forward.isHeaderOpen) {
      this.#forward.isHeaderOpen = false;
      this.#isCommitted = true;
      this.#mode = "raw";
      this.#forward.bytes(copyOf(header, at + this.#goneHeaderBytes, at + FRAME_HEADER_BYTES));
      this.#forward.raw(chunk, start, end);
      this.#forward.rawLeft = this.#payloadLeft;
      this.#count(type, flags, stream, length, chunk, start, end);
      this.#syncLane();
      return false;
    }
    this.#isCommitted = false;
    this.#type = type;
    this.#flags = flags;
    this.#stream = stream;
    this.#take(header, at, length, chunk, start, end);
    return false;
  }

  payload(chunk: Uint8Array, start: number, end: number): void {
    if (!this.#isActive) {
      this.#countPayload(chunk, start, end);
      return;
    }
    this.#payloadLeft -= end - start;
    if (this.#mode === "raw") {
      this.#forward.raw(chunk, start, end);
      this.#forward.rawLeft -= end - start;
      if (this.#isCommitted) {
        this.#countPayload(chunk, start, end);
        this.#syncLane();
      }
      return;
    }
    if (this.#mode === "content") {
      this.#content(chunk, start, end);
    } else if (this.#mode === "small") {
      this.#addSmall(chunk, start, end);
    } else {
      this.#addBlock(copyOf(chunk, start, end));
    }
  }

  /* What just passes is counted. */

  #count(
    type: number,
    flags: number,
    stream: number,
    length: number,
    chunk: Uint8Array,
    start: number,
    end: number,
  ): boolean {
    this.#type = type;
    if (type === FRAME_DATA) {
      const lane = this.#find(stream);
      this.#lane = lane;
      this.#forward.window -= length;
      if (lane === undefined) {
        return false;
      }
      lane.window -= length;
      this.#contentLeft = length;
      this.#isPadLengthNext = (flags & FLAG_PADDED) !== 0;
      if (this.#isPadLengthNext) {
        this.#countContent(lane, chunk, start, end);
      } else {
        this.#contentLeft -= end - start;
        this.#look(lane, chunk, start, end);
        lane.skim(chunk, start, end);
      }
      if ((flags & FLAG_END_STREAM) !== 0) {
        this.#countEnd(lane);
      }
      return false;
    }
    this.#flags = flags;
    this.#stream = stream;
    return this.#countOther(length, chunk, start, end);
  }

  #countOther(length: number, chunk: Uint8Array, start: number, end: number): boolean {
    switch (this.#type) {
      case FRAME_HEADERS:
      case FRAME_PUSH_PROMISE:
      case FRAME_CONTINUATION:
        this.#countHeaders();
        return false;
      case FRAME_RST_STREAM:
        this.#events.reset(this.#stream);
        return false;
      case FRAME_SETTINGS:
      case FRAME_WINDOW_UPDATE:
        this.#beginSmall(length, undefined, 0);
        this.#addSmall(chunk, start, end);
    }
    return false;
  }

  #countHeaders(): void {
    this.#forward.isBlockOpen = (this.#flags & FLAG_END_HEADERS) === 0;
    if (this.#type !== FRAME_HEADERS) {
      return;
    }
    this.#events.headers(this.#stream);
    const lane = this.#forward.lanes.get(this.#stream);
    if (lane === undefined) {
      return;
    }
    lane.isOpen = true;
    if ((this.#flags & FLAG_END_STREAM) !== 0) {
      this.#countEnd(lane);
    }
  }

  #countPayload(chunk: Uint8Array, start: number, end: number): void {
    if (this.#type === FRAME_DATA) {
      if (this.#lane !== undefined) {
        this.#countContent(this.#lane, chunk, start, end);
      }
    } else if (this.#type === FRAME_SETTINGS || this.#type === FRAME_WINDOW_UPDATE) {
      this.#addSmall(chunk, start, end);
    }
  }

  #countContent(lane: Lane, chunk: Uint8Array, start: number, end: number): void {
    const from = this.#takePadLength(chunk, start, end);
    const content = Math.min(end - from, this.#contentLeft);
    this.#contentLeft -= content;
    this.#look(lane, chunk, from, from + content);
    lane.skim(chunk, from, from + content);
  }

  #look(lane: Lane, chunk: Uint8Array, start: number, end: number): void {
    if (lane.opening !== undefined && start < end) {
      this.#events.opening(lane, chunk.subarray(start, end));
    }
  }

  #countEnd(lane: Lane): void {
    if (this.#isActive) {
      this.#events.ended(lane);
    }
    lane.isEnded = true;
    lane.isEndSent = true;
    this.#events.endPassed(lane);
  }

  /** Takes the length of the padding where it comes next, and leaves as much out of the content. */
  #takePadLength(chunk: Uint8Array, start: number, end: number): number {
    if (!this.#isPadLengthNext || start === end) {
      return start;
    }
    this.#isPadLengthNext = false;
    this.#padding = Math.min(chunk[start] ?? 0, this.#contentLeft - 1);
    this.#contentLeft -= 1 + this.#padding;
    return start + 1;
  }

  #syncLane(): void {
    if (this.#type === FRAME_DATA) {
      this.#lane?.sync();
    }
  }

  #find(stream: number): Lane | undefined {
    const cached = this.#cachedLane;
    if (cached !== undefined && cached.stream === stream && !cached.isClosed) {
      return cached;
    }
    this.#cachedLane = this.#forward.lanes.get(stream);
    return this.#cachedLane;
  }

  /* What is looked at goes on frame by frame. */

  #take(header: Uint8Array, at: number, length: number, chunk: Uint8Array, start: number, end: number): void {
    switch (this.#type) {
      case FRAME_DATA:
        this.#takeData(header, at, length, chunk, start, end);
        return;
      case FRAME_HEADERS:
      case FRAME_PUSH_PROMISE:
        this.#takeHeaders();
        break;
      case FRAME_CONTINUATION:
        if (this.#openBlock === undefined) {
          this.#forward.isBlockOpen = (this.#flags & FLAG_END_HEADERS) === 0;
        }
        break;
      case FRAME_RST_STREAM:
      case FRAME_SETTINGS:
      case FRAME_WINDOW_UPDATE:
        this.#mode = "small";
        this.#beginSmall(length, header, at);
        this.#addSmall(chunk, start, end);
        return;
    }
    if (this.#openBlock === undefined) {
      this.#mode = "raw";
      this.#passRaw(header, at, chunk, start, end);
      return;
    }
    this.#mode = "block";
    this.#openBlock.frames.push(copyOf(header, at, at + FRAME_HEADER_BYTES));
    this.#addBlock(copyOf(chunk, start, end));
  }

  #passRaw(header: Uint8Array, at: number, chunk: Uint8Array, start: number, end: number): void {
    if (header === chunk) {
      this.#forward.raw(chunk, at, end);
    } else {
      this.#forward.bytes(copyOf(header, at, at + FRAME_HEADER_BYTES));
      this.#forward.raw(chunk, start, end);
    }
    this.#forward.rawLeft = this.#payloadLeft;
  }

  #takeData(header: Uint8Array, at: number, length: number, chunk: Uint8Array, start: number, end: number): void {
    const lane = this.#find(this.#stream);
    this.#lane = lane;
    const isEnd = (this.#flags & FLAG_END_STREAM) !== 0;
    if (lane === undefined) {
      this.#mode = this.#forward.fits(undefined, length) ? "raw" : "content";
      if (this.#mode === "raw") {
        this.#forward.spend(undefined, length);
        this.#passRaw(header, at, chunk, start, end);
        return;
      }
    } else if (isEnd) {
      this.#events.ended(lane);
    }
    const isWhole = this.#payloadLeft === 0 && (this.#flags & FLAG_PADDED) === 0;
    if (lane !== undefined && isWhole && this.#forward.fits(lane, length)) {
      if (passesWhole(lane, this.#judge, chunk, start, end)) {
        this.#look(lane, chunk, start, end);
        this.#forward.spend(lane, length);
        this.#passRaw(header, at, chunk, start, end);
        lane.isOurTurn = !lane.isMessageOpen;
        if (isEnd) {
          this.#passEnd(lane);
        }
        return;
      }
    }
    this.#mode = "content";
    this.#contentLeft = length;
    this.#padding = 0;
    this.#isPadLengthNext = (this.#flags & FLAG_PADDED) !== 0;
    this.#content(chunk, start, end);
  }

  #passEnd(lane: Lane): void {
    lane.isEnded = true;
    lane.isEndSent = true;
    this.#events.endPassed(lane);
  }

  /** Content of a DATA frame that does not go on as it is. */
  #content(chunk: Uint8Array, start: number, end: number): void {
    const lane = this.#lane;
    const from = this.#takePadLength(chunk, start, end);
    const content = Math.min(end - from, this.#contentLeft);
    this.#contentLeft -= content;
    if (lane === undefined || lane.isClosed) {
      this.#forward.forgo(undefined, end - start);
    } else {
      this.#look(lane, chunk, from, from + content);
      cutMessages(lane, this.#forward, this.#judge, chunk, from, from + content);
      // Padding does not go on.
      const dropped = end - start - content;
      if (dropped > 0) {
        this.#forward.forgo(lane, dropped);
      }
      if (this.#payloadLeft === 0 && (this.#flags & FLAG_END_STREAM) !== 0) {
        this.#queueEnd(lane);
      }
    }
    this.#forward.flush();
  }

  #queueEnd(lane: Lane): void {
    flushIncomplete(lane, this.#forward);
    this.#events.ended(lane);
    lane.isEnded = true;
    this.#forward.end(lane);
  }

  #takeHeaders(): void {
    if (this.#type === FRAME_HEADERS) {
      this.#events.headers(this.#stream);
    }
    const lane = this.#forward.lanes.get(this.#stream);
    const isEnd = this.#type === FRAME_HEADERS && (this.#flags & FLAG_END_STREAM) !== 0;
    if (lane !== undefined && isEnd) {
      flushIncomplete(lane, this.#forward);
      this.#events.ended(lane);
      lane.isEnded = true;
      this.#forward.flush();
    }
    const isComplete = (this.#flags & FLAG_END_HEADERS) !== 0;
    if (this.#forward.hasWaitingBlocks || this.#mustWait(lane, isEnd)) {
      this.#openBlock = this.#forward.block(lane, isEnd);
      return;
    }
    this.#forward.isBlockOpen = !isComplete;
    if (lane === undefined) {
      return;
    }
    lane.isOpen = true;
    if (isEnd) {
      this.#passEnd(lane);
    }
  }

  #mustWait(lane: Lane | undefined, isEnd: boolean): boolean {
    if (lane === undefined) {
      return false;
    }
    return lane.queued > 0 || lane.ownOffset > 0 || (isEnd && lane.own.length > 0);
  }

  #addBlock(bytes: Uint8Array): void {
    const block = this.#openBlock;
    if (block === undefined) {
      return;
    }
    block.frames.push(bytes);
    if (this.#payloadLeft > 0 || (this.#flags & FLAG_END_HEADERS) === 0) {
      return;
    }
    block.isComplete = true;
    this.#openBlock = undefined;
    this.#forward.flush();
  }

  /* Frames that must be whole, because they are read or may be changed. */

  #beginSmall(length: number, header: Uint8Array | undefined, at: number): void {
    const size = Math.min(length, MAX_SMALL_BYTES);
    this.#small = new Uint8Array(FRAME_HEADER_BYTES + size);
    if (header !== undefined) {
      this.#small.set(header.subarray(at, at + FRAME_HEADER_BYTES));
    }
    this.#smallBytes = FRAME_HEADER_BYTES;
  }

  #addSmall(chunk: Uint8Array, start: number, end: number): void {
    const taken = Math.min(end - start, this.#small.length - this.#smallBytes);
    this.#small.set(chunk.subarray(start, start + taken), this.#smallBytes);
    this.#smallBytes += taken;
    if (this.#smallBytes < this.#small.length) {
      return;
    }
    const frame = this.#small;
    const isPassing = this.#isActive && !this.#isCommitted;
    if (this.#type === FRAME_WINDOW_UPDATE) {
      this.#windowUpdate(frame, isPassing);
    } else if (this.#type === FRAME_SETTINGS) {
      this.#settings(frame, isPassing);
    } else {
      this.#reset(frame);
    }
  }

  #windowUpdate(frame: Uint8Array, isPassing: boolean): void {
    const bytes = streamIdAt(frame, FRAME_HEADER_BYTES);
    const left = this.#backward.credit(this.#stream, bytes);
    if (!isPassing) {
      return;
    }
    if (left === bytes) {
      this.#forward.bytes(frame);
    } else if (left > 0) {
      this.#forward.bytes(windowUpdate(this.#stream, left));
    }
    this.#backward.flush();
  }

  #settings(frame: Uint8Array, isPassing: boolean): void {
    const isAck = (this.#flags & FLAG_ACK) !== 0;
    if (isAck && isPassing && this.#forward.hasWaitingBlocks) {
      this.#forward.ack(frame);
      return;
    }
    if (isAck) {
      this.#forward.acknowledge();
    } else {
      this.#backward.settings.announce(frame, FRAME_HEADER_BYTES, frame.length);
      this.#forward.hasSettings = true;
    }
    if (isPassing) {
      this.#forward.bytes(frame);
    }
    if (this.#isActive) {
      this.#forward.flush();
    }
  }

  #reset(frame: Uint8Array): void {
    const lane = this.#forward.lanes.get(this.#stream);
    if (lane !== undefined && lane.queuedEnds > 0) {
      this.#forward.reset(lane, frame);
      return;
    }
    this.#forward.bytes(frame);
    this.#events.reset(this.#stream);
  }
}
