import { Calls, type CallsState } from "./calls.ts";
import type { ConversationEvents } from "./conversation-events.ts";
import { type Frame, FrameReader, type FrameReaderState, type FrameSink } from "./frame-reader.ts";
import type { FramePosition } from "./frame-walker.ts";
import {
  DEFAULT_MAX_FRAME_BYTES,
  FLAG_ACK,
  FLAG_END_HEADERS,
  FLAG_END_STREAM,
  FRAME_CONTINUATION,
  FRAME_GOAWAY,
  FRAME_PUSH_PROMISE,
  FRAME_RST_STREAM,
  FRAME_SETTINGS,
  SETTING_HEADER_TABLE_SIZE,
  SETTING_MAX_FRAME_SIZE,
  type Side,
  streamIdAt,
  uint32At,
} from "./frames.ts";
import { fragmentWithin, HeaderBlock, type HeaderBlockState } from "./header-block.ts";
import { HeaderTableLimit, type HeaderTableLimitState } from "./header-table-limit.ts";
import { HpackDecoder, type HpackState } from "./hpack.ts";

type DirectionState = {
  readonly reader: FrameReaderState;
  readonly hpack: HpackState;
  readonly block: HeaderBlockState;
  readonly tableLimit: HeaderTableLimitState;
  readonly isClosed: boolean;
};

/** A conversation between two chunks, as data that can be cloned and stored. */
export type ConversationState = {
  readonly isReadable: boolean;
  readonly host: DirectionState;
  readonly worker: DirectionState;
  readonly calls: CallsState;
};

/**
 * One connection while it is decoded. States: readable; unreadable after bytes that are no HTTP/2, which is told once; each side
 * closed by {@link Conversation.closed}.
 *
 * ```ts
 * conversation.push("worker", firstBytes);
 * const state = conversation.save(); // and in another process:
 * restoreConversation(state, events).push("worker", nextBytes);
 * ```
 */
export type Conversation = {
  /** Takes the next bytes of a side, cut anywhere. Events come before it returns; it never throws of its own. */
  push(side: Side, bytes: Uint8Array): void;
  /**
   * Bytes of this side were lost; those pushed next follow at `position`. Open messages go out as truncated, and
   * messages are found again at the next frame that can only begin with one. Header blocks that were lost may make
   * later ones unreadable, which is said when it happens.
   */
  skip(side: Side, position: FramePosition): void;
  /** The rest of this side's open messages was not recorded, and what it says next begins with a message. */
  cut(side: Side): void;
  /** No more bytes come from this side (or from both): open messages go out as truncated. */
  closed(side?: Side): void;
  /** Copies everything needed to go on with {@link restoreConversation}. Not to be called from within an event. */
  save(): ConversationState;
};

/** Decodes one TCP connection, both directions, from its first byte: HTTP/2 by prior knowledge, and gRPC within. */
export function createConversation(events: ConversationEvents): Conversation {
  return new Http2Conversation(events);
}

/** Goes on where `state` was saved: the same bytes give the same events. */
export function restoreConversation(state: ConversationState, events: ConversationEvents): Conversation {
  const conversation = new Http2Conversation(events);
  conversation.restore(state);
  return conversation;
}

/** What one side sends, and what it allows the other to send. */
type Direction = {
  readonly reader: FrameReader;
  readonly hpack: HpackDecoder;
  readonly block: HeaderBlock;
  readonly tableLimit: HeaderTableLimit;
  isClosed: boolean;
};

class Http2Conversation implements Conversation, FrameSink {
  readonly #events: ConversationEvents;
  readonly #calls: Calls;
  readonly #host: Direction;
  readonly #worker: Direction;
  #isReadable = true;

  constructor(events: ConversationEvents) {
    this.#events = events;
    this.#calls = new Calls(events);
    this.#host = createDirection("host", this);
    this.#worker = createDirection("worker", this);
  }

  push(side: Side, bytes: Uint8Array): void {
    const direction = this.#direction(side);
    if (!this.#isReadable || direction.isClosed) {
      return;
    }
    const reason = direction.reader.read(bytes);
    if (reason === undefined) {
      return;
    }
    this.#calls.finishMessages("worker");
    this.#calls.finishMessages("host");
    this.#calls.clear();
    this.#isReadable = false;
    this.#events.unreadable({ side, stream: undefined, reason });
  }

  skip(side: Side, position: FramePosition): void {
    const direction = this.#direction(side);
    if (!this.#isReadable || direction.isClosed) {
      return;
    }
    direction.reader.resume(position);
    direction.block.clear();
    this.#calls.resync(side);
  }

  cut(side: Side): void {
    if (this.#isReadable) {
      this.#calls.cutMessages(side);
    }
  }

  closed(side?: Side): void {
    if (side === undefined) {
      this.closed("worker");
      this.closed("host");
      return;
    }
    const direction = this.#direction(side);
    if (direction.isClosed) {
      return;
    }
    direction.isClosed = true;
    this.#calls.finishMessages(side);
  }

  save(): ConversationState {
    return {
      isReadable: this.#isReadable,
      host: saveDirection(this.#host),
      worker: saveDirection(this.#worker),
      calls: this.#calls.save(),
    };
  }

  restore(state: ConversationState): void {
    this.#isReadable = state.isReadable;
    restoreDirection(this.#host, state.host);
    restoreDirection(this.#worker, state.worker);
    this.#calls.restore(state.calls);
  }

  dataBegan(side: Side, stream: number, length: number): void {
    this.#calls.dataBegan(side, stream, length);
  }

  data(side: Side, stream: number, bytes: Uint8Array, start: number, end: number): void {
    this.#calls.data(side, stream, bytes, start, end);
  }

  dataEnded(side: Side, stream: number): void {
    const call = this.#calls.find(stream);
    if (call !== undefined) {
      this.#calls.end(call, side);
    }
  }

  frame(side: Side, frame: Frame, bytes: Uint8Array, start: number, end: number): string | undefined {
    switch (frame.type) {
      case FRAME_SETTINGS:
        return this.#settings(side, frame, bytes, start, end);
      case FRAME_RST_STREAM:
        return this.#reset(side, frame, bytes, start, end);
      case FRAME_GOAWAY:
        return this.#goaway(side, bytes, start, end);
      default:
        return this.#fragment(side, frame, bytes, start, end);
    }
  }

  #settings(side: Side, frame: Frame, bytes: Uint8Array, start: number, end: number): string | undefined {
    const other = this.#direction(side === "host" ? "worker" : "host");
    if (frame.stream !== 0) {
      return "a SETTINGS frame within a stream";
    }
    if ((frame.flags & FLAG_ACK) !== 0) {
      if (start !== end) {
        return "an acknowledgement of settings that has settings";
      }
      other.tableLimit.acknowledge();
      this.#direction(side).hpack.allowTable(other.tableLimit.bytes);
      return undefined;
    }
    if ((end - start) % 6 !== 0) {
      return "a SETTINGS frame that is cut off";
    }
    let tableBytes: number | undefined;
    for (let at = start; at < end; at += 6) {
      const value = uint32At(bytes, at + 2);
      const setting = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
      if (setting === SETTING_HEADER_TABLE_SIZE) {
        tableBytes = value;
      }
      // Never lowered again: frames of the old size may still be on their way, and nothing here depends on it.
      if (setting === SETTING_MAX_FRAME_SIZE) {
        other.reader.maxFrameBytes = Math.max(other.reader.maxFrameBytes, value);
      }
    }
    const limit = this.#direction(side).tableLimit;
    if (!limit.set(tableBytes)) {
      return "too many settings without acknowledgement";
    }
    other.hpack.allowTable(limit.bytes);
    return undefined;
  }

  #reset(side: Side, frame: Frame, bytes: Uint8Array, start: number, end: number): string | undefined {
    if (end - start !== 4 || frame.stream === 0) {
      return "a RST_STREAM frame of the wrong form";
    }
    const call = this.#calls.find(frame.stream);
    if (call !== undefined) {
      this.#calls.reset(call, side, uint32At(bytes, start));
    }
    return undefined;
  }

  #goaway(side: Side, bytes: Uint8Array, start: number, end: number): string | undefined {
    if (end - start < 8) {
      return "a GOAWAY frame that is cut off";
    }
    const debug = String.fromCharCode(...bytes.subarray(start + 8, Math.min(end, start + 8 + DEFAULT_MAX_FRAME_BYTES)));
    this.#events.goaway({ by: side, code: uint32At(bytes, start + 4), lastStream: streamIdAt(bytes, start), debug });
    return undefined;
  }

  /** Part of a header block, and the whole block once it is there. */
  #fragment(side: Side, frame: Frame, bytes: Uint8Array, start: number, end: number): string | undefined {
    const { block, hpack } = this.#direction(side);
    if (frame.type !== FRAME_CONTINUATION) {
      block.begin(frame.type === FRAME_PUSH_PROMISE, (frame.flags & FLAG_END_STREAM) !== 0);
    }
    const fragment = fragmentWithin(frame.type, frame.flags, bytes, start, end);
    if (fragment === undefined) {
      return "a header block whose padding or priority does not fit into its frame";
    }
    const isComplete = (frame.flags & FLAG_END_HEADERS) !== 0;
    const isWhole = isComplete && block.isEmpty;
    if (!isWhole && !block.add(bytes, fragment.start, fragment.end)) {
      return "a header block of more than 1 MiB";
    }
    if (!isComplete) {
      return undefined;
    }
    const whole = isWhole ? bytes.subarray(fragment.start, fragment.end) : block.fragments;
    const decoded = hpack.decode(whole, 0, whole.length);
    block.clear();
    if (!decoded.ok) {
      return decoded.reason;
    }
    if (block.isPromise) {
      return undefined;
    }
    return this.#calls.headers(side, frame.stream, decoded.headers, block.endsStream);
  }

  #direction(side: Side): Direction {
    return side === "host" ? this.#host : this.#worker;
  }
}

function createDirection(side: Side, sink: FrameSink): Direction {
  return {
    reader: new FrameReader(side, sink),
    hpack: new HpackDecoder(),
    block: new HeaderBlock(),
    tableLimit: new HeaderTableLimit(),
    isClosed: false,
  };
}

function saveDirection(direction: Direction): DirectionState {
  return {
    reader: direction.reader.save(),
    hpack: direction.hpack.save(),
    block: direction.block.save(),
    tableLimit: direction.tableLimit.save(),
    isClosed: direction.isClosed,
  };
}

function restoreDirection(direction: Direction, state: DirectionState): void {
  direction.reader.restore(state.reader);
  direction.hpack.restore(state.hpack);
  direction.block.restore(state.block);
  direction.tableLimit.restore(state.tableLimit);
  direction.isClosed = state.isClosed;
}
