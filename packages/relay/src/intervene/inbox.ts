/**
 * What comes from one sender. It is followed from the connection's first byte on, frame by frame.
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
import { allPass, cutMessages, flushIncomplete, isUnobstructed, type Judge, passesWhole } from "./message-cutter.ts";
import type { Outbox } from "./outbox.ts";
import type { BlockItem } from "./outbox-item.ts";
import type { Watchfulness } from "./replayed-ids.ts";
import { MAX_SMALL_BYTES, SmallFrame } from "./small-frame.ts";

export type InboxEvents = {
  /** The sender speaks of a stream that it may be opening. */
  headers(stream: number): void;
  /** Content of a lane whose {@link Lane.opening} is waited for. */
  opening(lane: Lane, bytes: Uint8Array): void;
  /** How closely a lane is to be watched whose messages pass, though some kinds of them are looked at. */
  watchfulness(lane: Lane): Watchfulness;
  /** The sender has ended its direction of the stream; nothing of its end has gone on yet. */
  ended(lane: Lane): void;
  /** Its end has gone on. */
  endPassed(lane: Lane): void;
  /** The stream was reset by the sender, and that has gone on. */
  reset(stream: number): void;
};

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
  /** What goes to the sender. */
  readonly #backward: Outbox;
  readonly #events: InboxEvents;
  readonly #judge: Judge;
  #isActive = false;
  #way: "raw" | "counted" | "content" | "small" | "block" = "raw";
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
  readonly #small = new SmallFrame();
  #openBlock: BlockItem | undefined;
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

  /**
   * Intervenes from here on. What came until now has gone on as it was, but for so many bytes of a frame's header with which
   * it ended.
   */
  activate(withheldBytes = 0): void {
    this.#isActive = true;
    this.#forward.isPassing = false;
    this.#way = "counted";
    this.#payloadLeft = this.walker.payloadLeft;
    this.#forward.rawLeft = this.#payloadLeft;
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
    if (this.walker.payloadLeft > 0 && this.#way !== "raw" && this.#way !== "counted") {
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
    this.#forward.isPassing = true;
    const gone = this.#forward.isHeaderOpen ? this.#goneHeaderBytes : 0;
    const header = copyOf(this.walker.partialHeader, gone);
    if (header.length > 0 && this.walker.isHttp2 !== false) {
      this.#forward.outgoing.bytes(header);
    }
    this.#forward.isHeaderOpen = false;
    this.#forward.rawLeft = 0;
  }

  /** While the direction passes, returns true to stop before a frame that must not pass as it is. */
  frame(header: Uint8Array, at: number, length: number, chunk: Uint8Array, start: number, end: number): boolean {
    this.#type = header[at + 3] ?? 0;
    this.#flags = header[at + 4] ?? 0;
    this.#stream = streamIdAt(header, at + 5);
    if (!this.#isActive) {
      if (header === chunk && this.#mustIntervene(length, chunk, start, end)) {
        return true;
      }
      this.#count(length, chunk, start, end);
      return false;
    }
    this.#payloadLeft = length - (end - start);
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
    if (!this.#isActive) {
      this.#countPayload(chunk, start, end);
      return;
    }
    this.#payloadLeft -= end - start;
    if (this.#way === "raw" || this.#way === "counted") {
      this.#forward.outgoing.raw(chunk, start, end);
      this.#forward.rawLeft -= end - start;
      if (this.#way === "raw") {
        return;
      }
      this.#countPayload(chunk, start, end);
      this.#syncLane();
    } else if (this.#way === "content") {
      this.#content(chunk, start, end);
    } else if (this.#way === "small") {
      this.#addSmall(chunk, start, end);
    } else {
      this.#addBlock(copyOf(chunk, start, end));
    }
  }

  /* What just passes is counted. */

  /**
   * Whether a frame must not pass as it is: a message in it may be for us alone, the receiver's window may not take what
   * the sender sends next, or it credits what the sender does not know to be gone.
   */
  #mustIntervene(length: number, chunk: Uint8Array, start: number, end: number): boolean {
    if (this.#type === FRAME_WINDOW_UPDATE) {
      return this.#backward.flow.isReduced(this.#stream);
    }
    if (this.#type === FRAME_SETTINGS) {
      return (this.#flags & FLAG_ACK) !== 0 && this.#forward.flow.hasExcess;
    }
    if (this.#type !== FRAME_DATA) {
      return false;
    }
    const lane = this.#find(this.#stream);
    if (!this.#forward.flow.staysRoomy(lane, length)) {
      return true;
    }
    if (lane?.kinds === undefined || !lane.isGrpc) {
      return false;
    }
    const watchfulness = this.#events.watchfulness(lane);
    if (watchfulness === "none") {
      return false;
    }
    const isPlain = (this.#flags & FLAG_PADDED) === 0;
    const doPass = isPlain ? allPass(lane, this.#judge, chunk, start, end) : undefined;
    if (doPass === undefined || end - start < length) {
      return doPass === false || watchfulness === "strict";
    }
    return !doPass;
  }

  #count(length: number, chunk: Uint8Array, start: number, end: number): void {
    switch (this.#type) {
      case FRAME_DATA:
        this.#countData(length, chunk, start, end);
        break;
      case FRAME_HEADERS:
      case FRAME_PUSH_PROMISE:
      case FRAME_CONTINUATION:
        this.#countHeaders();
        break;
      case FRAME_RST_STREAM:
        this.#events.reset(this.#stream);
        break;
      case FRAME_SETTINGS:
      case FRAME_WINDOW_UPDATE:
        this.#small.begin(length);
        this.#addSmall(chunk, start, end);
    }
  }

  #countData(length: number, chunk: Uint8Array, start: number, end: number): void {
    const lane = this.#find(this.#stream);
    this.#lane = lane;
    this.#forward.flow.send(lane, length);
    if (lane === undefined) {
      return;
    }
    this.#contentLeft = length;
    this.#isPadLengthNext = (this.#flags & FLAG_PADDED) !== 0;
    this.#countContent(lane, chunk, start, end);
    if ((this.#flags & FLAG_END_STREAM) !== 0) {
      this.#countEnd(lane);
    }
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
    this.#passEnd(lane);
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
    if (this.#type !== FRAME_DATA || this.#lane === undefined) {
      return;
    }
    this.#lane.sync();
    if (!this.#lane.isPassingMessage) {
      this.#forward.border(this.#lane);
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
        if (length > MAX_SMALL_BYTES) {
          break;
        }
        this.#way = "small";
        this.#small.begin(length, header.subarray(at, at + FRAME_HEADER_BYTES));
        this.#addSmall(chunk, start, end);
        return;
    }
    if (this.#openBlock === undefined) {
      this.#passRaw(header, at, chunk, start, end);
      return;
    }
    this.#way = "block";
    this.#openBlock.frames.push(copyOf(header, at, at + FRAME_HEADER_BYTES));
    this.#addBlock(copyOf(chunk, start, end));
  }

  #passRaw(header: Uint8Array, at: number, chunk: Uint8Array, start: number, end: number): void {
    this.#way = "raw";
    const { outgoing } = this.#forward;
    if (header === chunk) {
      outgoing.raw(chunk, at, start);
    } else {
      outgoing.bytes(copyOf(header, at, at + FRAME_HEADER_BYTES));
    }
    outgoing.raw(chunk, start, end);
    this.#forward.rawLeft = this.#payloadLeft;
  }

  /** The payload of a frame, whose header has gone on, goes on as it comes. */
  #passCounted(length: number, chunk: Uint8Array, start: number, end: number): void {
    this.#way = "counted";
    this.#forward.outgoing.raw(chunk, start, end);
    this.#forward.rawLeft = this.#payloadLeft;
    this.#count(length, chunk, start, end);
    this.#syncLane();
  }

  #takeData(header: Uint8Array, at: number, length: number, chunk: Uint8Array, start: number, end: number): void {
    const lane = this.#find(this.#stream);
    this.#lane = lane;
    const isEnd = (this.#flags & FLAG_END_STREAM) !== 0;
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
    const isWhole = this.#payloadLeft === 0 && (this.#flags & FLAG_PADDED) === 0;
    if (doesFit && isWhole && passesWhole(lane, this.#judge, chunk, start, end)) {
      this.#look(lane, chunk, start, end);
      this.#forward.flow.send(lane, length);
      this.#passRaw(header, at, chunk, start, end);
      lane.isOurTurn = !lane.isMessageOpen;
      if (isEnd) {
        this.#passEnd(lane);
      }
      return;
    }
    this.#cutContent(length, chunk, start, end);
  }

  #passEnd(lane: Lane): void {
    lane.isEnded = true;
    lane.isEndSent = true;
    this.#events.endPassed(lane);
  }

  #cutContent(length: number, chunk: Uint8Array, start: number, end: number): void {
    this.#way = "content";
    this.#contentLeft = length;
    this.#padding = 0;
    this.#isPadLengthNext = (this.#flags & FLAG_PADDED) !== 0;
    this.#content(chunk, start, end);
  }

  /** Content of a DATA frame that does not go on as it is. */
  #content(chunk: Uint8Array, start: number, end: number): void {
    const lane = this.#lane;
    const from = this.#takePadLength(chunk, start, end);
    const content = Math.min(end - from, this.#contentLeft);
    this.#contentLeft -= content;
    if (lane === undefined || lane.isClosed) {
      this.#forward.flow.consume(undefined, end - start);
    } else {
      this.#look(lane, chunk, from, from + content);
      cutMessages(lane, this.#forward, this.#judge, chunk, from, from + content);
      // Padding does not go on.
      const dropped = end - start - content;
      if (dropped > 0) {
        this.#forward.flow.consume(lane, dropped);
      }
      if (this.#payloadLeft === 0 && (this.#flags & FLAG_END_STREAM) !== 0) {
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
    if (this.#type === FRAME_HEADERS) {
      this.#events.headers(this.#stream);
    }
    const lane = this.#forward.lanes.get(this.#stream);
    const isEnd = this.#type === FRAME_HEADERS && (this.#flags & FLAG_END_STREAM) !== 0;
    if (lane !== undefined && isEnd) {
      this.#end(lane);
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

  #addSmall(chunk: Uint8Array, start: number, end: number): void {
    const frame = this.#small.add(chunk, start, end);
    if (frame === undefined) {
      return;
    }
    const isPassing = this.#isActive && this.#way === "small";
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
    const { flow } = this.#backward;
    if (!isPassing) {
      flow.updatePassed(this.#stream, bytes);
      return;
    }
    const left = flow.update(this.#stream, bytes);
    if (left === bytes) {
      this.#forward.outgoing.bytes(frame);
    } else if (left > 0) {
      this.#forward.outgoing.bytes(windowUpdate(this.#stream, left));
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
      this.#forward.flow.acknowledge();
    } else {
      this.#backward.flow.settings.announce(frame, FRAME_HEADER_BYTES, frame.length);
      this.#forward.hasSettings = true;
    }
    if (isPassing) {
      this.#forward.outgoing.bytes(frame);
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
    this.#forward.outgoing.bytes(frame);
    this.#events.reset(this.#stream);
  }
}
