/**
 * What comes from one sender. It is followed from the connection's first byte on, frame by frame.
 */
import { type FrameListener, FrameWalker } from "@inspector/wire/frame-walker";
import {
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
} from "@inspector/wire/frames";
import { ComingFrame } from "./coming-frame.ts";
import { ControlFrames } from "./control-frames.ts";
import { copyOf } from "./frame-bytes.ts";
import { FrameCounter } from "./frame-counter.ts";
import type { InboxEvents } from "./inbox-events.ts";
import type { Lane } from "./lane.ts";
import { cutMessages, flushIncomplete, isUnobstructed, type Judge, passesWhole } from "./message-cutter.ts";
import type { Outbox } from "./outbox.ts";
import type { BlockItem } from "./outbox-item.ts";
import { MAX_SMALL_BYTES } from "./small-frame.ts";

/**
 * A direction is either
 *
 * - *passing*: the caller forwards each chunk as it came, and it is only counted here. The walk stops before a frame that
 *   must not simply pass (see {@link Inbox.frame}): the direction is intervened in from there on.
 * - *intervened in* ({@link activate}), until the caller finds nothing to do any more and {@link canDeactivate} agrees. Each
 *   frame then goes on in one of these ways:
 *
 * | way | which frames | |
 * |---|---|---|
 * | raw | whatever nothing is done with | its bytes, as they come |
 * | counted | of which part went on before, and DATA that may pass as it comes | as raw, and followed as in passing |
 * | content | DATA | cut into messages: each passes, waits, is kept or swallowed |
 * | small | SETTINGS, WINDOW_UPDATE, RST_STREAM | put together first, since they are read and may be changed |
 * | block | HEADERS and CONTINUATION behind something that waits | queued |
 */
export class Inbox implements FrameListener {
  readonly walker: FrameWalker;
  /** Where what comes goes. */
  readonly #forward: Outbox;
  readonly #events: InboxEvents;
  readonly #judge: Judge;
  readonly #frame = new ComingFrame();
  readonly #control: ControlFrames;
  readonly #counter: FrameCounter;
  /** Bytes of the next frame's header that went on before this direction was looked at. */
  #goneHeaderBytes = 0;
  #openBlock: BlockItem | undefined;
  /** Where the chunk ends that is being walked. */
  #chunkEnd = 0;
  /** The walk of the last chunk stopped before a frame that is judged when more is there; see {@link FrameCounter.judgeStart}. */
  isWaiting = false;

  constructor(side: Side, forward: Outbox, backward: Outbox, judge: Judge, events: InboxEvents) {
    this.walker = new FrameWalker(side, this);
    this.#forward = forward;
    this.#judge = judge;
    this.#events = events;
    this.#control = new ControlFrames(this.#frame, forward, backward, events);
    this.#counter = new FrameCounter(this.#frame, this.#control, forward, backward, judge, events);
  }

  get isActive(): boolean {
    return this.#frame.isActive;
  }

  /**
   * Intervenes from here on. What came until now has gone on as it was, but for so many bytes of a frame's header with which
   * it ended.
   */
  activate(withheldBytes = 0): void {
    this.#frame.isActive = true;
    this.#forward.isPassing = false;
    this.#frame.way = "counted";
    this.#frame.payloadLeft = this.walker.payloadLeft;
    this.#forward.rawLeft = this.#frame.payloadLeft;
    this.#goneHeaderBytes = this.walker.partialHeader.length - withheldBytes;
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
    if (this.walker.payloadLeft > 0 && this.#frame.way !== "raw" && this.#frame.way !== "counted") {
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
    this.#frame.isActive = false;
    this.#forward.isPassing = true;
    const gone = this.#forward.isHeaderOpen ? this.#goneHeaderBytes : 0;
    const header = copyOf(this.walker.partialHeader, gone);
    if (header.length > 0 && this.walker.isHttp2 !== false) {
      this.#forward.outgoing.bytes(header);
    }
    this.#forward.isHeaderOpen = false;
    this.#forward.rawLeft = 0;
  }

  /** Follows a chunk. Returns how many of its first `length` bytes were walked. */
  walk(chunk: Uint8Array, length: number): number {
    this.isWaiting = false;
    this.#chunkEnd = length;
    return this.walker.walk(chunk, 0, length);
  }

  /** While the direction passes, returns true to stop before a frame that must not pass as it is. */
  frame(header: Uint8Array, at: number, length: number, chunk: Uint8Array, start: number, end: number): boolean {
    this.#frame.begin(header, at);
    if (!this.#frame.isActive) {
      if (header === chunk) {
        const verdict = this.#counter.judgeStart(chunk, at, this.#chunkEnd);
        this.isWaiting = verdict === "wait";
        if (verdict !== "pass" || this.#counter.mustIntervene(length, chunk, start, end)) {
          return true;
        }
      }
      this.#counter.count(length, chunk, start, end);
      return false;
    }
    this.#frame.payloadLeft = length - (end - start);
    if (this.#forward.isHeaderOpen) {
      this.#forward.isHeaderOpen = false;
      this.#forward.outgoing.bytes(copyOf(header, at + this.#goneHeaderBytes, at + FRAME_HEADER_BYTES));
      this.#passCounted(length, chunk, start, end);
    } else {
      this.#take(header, at, length, chunk, start, end);
    }
    return false;
  }

  payload(chunk: Uint8Array, start: number, end: number): void {
    if (!this.#frame.isActive) {
      this.#counter.countPayload(chunk, start, end);
      return;
    }
    this.#frame.payloadLeft -= end - start;
    if (this.#frame.way === "raw" || this.#frame.way === "counted") {
      this.#forward.outgoing.raw(chunk, start, end);
      this.#forward.rawLeft -= end - start;
      if (this.#frame.way === "raw") {
        return;
      }
      this.#counter.countPayload(chunk, start, end);
      this.#counter.syncLane();
    } else if (this.#frame.way === "content") {
      this.#content(chunk, start, end);
    } else if (this.#frame.way === "small") {
      this.#control.add(chunk, start, end);
    } else {
      this.#addBlock(copyOf(chunk, start, end));
    }
  }

  #take(header: Uint8Array, at: number, length: number, chunk: Uint8Array, start: number, end: number): void {
    switch (this.#frame.type) {
      case FRAME_DATA:
        this.#takeData(header, at, length, chunk, start, end);
        return;
      case FRAME_HEADERS:
      case FRAME_PUSH_PROMISE:
        this.#takeHeaders();
        break;
      case FRAME_CONTINUATION:
        if (this.#openBlock === undefined) {
          this.#forward.isBlockOpen = !this.#frame.has(FLAG_END_HEADERS);
        }
        break;
      case FRAME_RST_STREAM:
      case FRAME_SETTINGS:
      case FRAME_WINDOW_UPDATE:
        if (length > MAX_SMALL_BYTES) {
          break;
        }
        this.#frame.way = "small";
        this.#control.begin(length, header.subarray(at, at + FRAME_HEADER_BYTES));
        this.#control.add(chunk, start, end);
        return;
    }
    if (this.#openBlock === undefined) {
      this.#passRaw(header, at, chunk, start, end);
      return;
    }
    this.#frame.way = "block";
    this.#openBlock.frames.push(copyOf(header, at, at + FRAME_HEADER_BYTES));
    this.#addBlock(copyOf(chunk, start, end));
  }

  #passRaw(header: Uint8Array, at: number, chunk: Uint8Array, start: number, end: number): void {
    this.#frame.way = "raw";
    const { outgoing } = this.#forward;
    if (header === chunk) {
      outgoing.raw(chunk, at, start);
    } else {
      outgoing.bytes(copyOf(header, at, at + FRAME_HEADER_BYTES));
    }
    outgoing.raw(chunk, start, end);
    this.#forward.rawLeft = this.#frame.payloadLeft;
  }

  /** The payload of a frame, whose header has gone on, goes on as it comes. */
  #passCounted(length: number, chunk: Uint8Array, start: number, end: number): void {
    this.#frame.way = "counted";
    this.#forward.outgoing.raw(chunk, start, end);
    this.#forward.rawLeft = this.#frame.payloadLeft;
    this.#counter.count(length, chunk, start, end);
    this.#counter.syncLane();
  }

  #takeData(header: Uint8Array, at: number, length: number, chunk: Uint8Array, start: number, end: number): void {
    const lane = this.#counter.find(this.#frame.stream);
    this.#frame.lane = lane;
    const isEnd = this.#frame.has(FLAG_END_STREAM);
    const doesFit = this.#forward.flow.fits(lane, length, this.#forward.hasWaitingBlocks);
    if (lane === undefined) {
      if (!doesFit) {
        this.#cutContent(length, chunk, start, end);
        return;
      }
      this.#forward.flow.send(undefined, length);
      this.#passRaw(header, at, chunk, start, end);
      return;
    }
    if (isEnd) {
      this.#events.ended(lane);
    }
    if (doesFit && (lane.kinds === undefined || !lane.isGrpc) && isUnobstructed(lane)) {
      this.#passRaw(header, at, chunk, start, start);
      this.#passCounted(length, chunk, start, end);
      return;
    }
    const isWhole = this.#frame.payloadLeft === 0 && !this.#frame.has(FLAG_PADDED);
    if (doesFit && isWhole && passesWhole(lane, this.#judge, chunk, start, end)) {
      this.#counter.look(lane, chunk, start, end);
      this.#forward.flow.send(lane, length);
      this.#passRaw(header, at, chunk, start, end);
      lane.isOurTurn = !lane.isMessageOpen;
      if (isEnd) {
        this.#counter.passEnd(lane);
      }
      return;
    }
    this.#cutContent(length, chunk, start, end);
  }

  #cutContent(length: number, chunk: Uint8Array, start: number, end: number): void {
    this.#frame.way = "content";
    this.#frame.beginContent(length);
    this.#content(chunk, start, end);
  }

  /** Content of a DATA frame that does not go on as it is. */
  #content(chunk: Uint8Array, start: number, end: number): void {
    const lane = this.#frame.lane;
    const from = this.#frame.takePadLength(chunk, start, end);
    const content = Math.min(end - from, this.#frame.contentLeft);
    this.#frame.contentLeft -= content;
    if (lane === undefined || lane.isClosed) {
      this.#forward.flow.consume(undefined, end - start);
    } else {
      this.#counter.look(lane, chunk, from, from + content);
      cutMessages(lane, this.#forward, this.#judge, chunk, from, from + content);
      // Padding does not go on.
      const dropped = end - start - content;
      if (dropped > 0) {
        this.#forward.flow.consume(lane, dropped);
      }
      if (this.#frame.payloadLeft === 0 && this.#frame.has(FLAG_END_STREAM)) {
        this.#end(lane);
        this.#forward.end(lane);
      }
    }
    this.#forward.flush();
  }

  /** Nothing more comes of a lane: what is there of it goes before its end. */
  #end(lane: Lane): void {
    flushIncomplete(lane, this.#forward, this.#judge);
    this.#events.ended(lane);
    this.#forward.border(lane);
    lane.isEnded = true;
  }

  #takeHeaders(): void {
    if (this.#frame.type === FRAME_HEADERS) {
      this.#events.headers(this.#frame.stream);
    }
    const lane = this.#forward.lanes.get(this.#frame.stream);
    const isEnd = this.#frame.type === FRAME_HEADERS && this.#frame.has(FLAG_END_STREAM);
    if (lane !== undefined && isEnd) {
      this.#end(lane);
      this.#forward.flush();
    }
    const isComplete = this.#frame.has(FLAG_END_HEADERS);
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
      this.#counter.passEnd(lane);
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
    if (this.#frame.payloadLeft > 0 || !this.#frame.has(FLAG_END_HEADERS)) {
      return;
    }
    block.isComplete = true;
    this.#openBlock = undefined;
    this.#forward.flush();
  }
}
