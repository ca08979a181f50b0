import {
  FLAG_ACK,
  FLAG_END_HEADERS,
  FLAG_END_STREAM,
  FLAG_PADDED,
  FRAME_CONTINUATION,
  FRAME_DATA,
  FRAME_HEADERS,
  FRAME_PUSH_PROMISE,
  FRAME_RST_STREAM,
  FRAME_SETTINGS,
  FRAME_WINDOW_UPDATE,
} from "@inspector/wire/frames";
import type { ComingFrame } from "./coming-frame.ts";
import type { ControlFrames } from "./control-frames.ts";
import type { InboxEvents } from "./inbox-events.ts";
import type { Lane } from "./lane.ts";
import { allPass, type Judge } from "./message-cutter.ts";
import type { Outbox } from "./outbox.ts";
import { scanStart } from "./start-scan.ts";

/** Counts what just passes of one direction: windows, ends of streams, and how far their messages have come. */
export class FrameCounter {
  readonly #frame: ComingFrame;
  readonly #control: ControlFrames;
  readonly #forward: Outbox;
  readonly #backward: Outbox;
  readonly #events: InboxEvents;
  readonly #judge: Judge;
  #cachedLane: Lane | undefined;

  constructor(
    frame: ComingFrame,
    control: ControlFrames,
    forward: Outbox,
    backward: Outbox,
    judge: Judge,
    events: InboxEvents,
  ) {
    this.#frame = frame;
    this.#control = control;
    this.#forward = forward;
    this.#backward = backward;
    this.#judge = judge;
    this.#events = events;
  }

  /**
   * Whether a DATA frame of a starting worker must not pass as it is. "wait" until more is there to say so: nothing of the
   * frame may pass before.
   *
   * @param at where it begins in `chunk`, of which what is before `end` is there
   */
  judgeStart(chunk: Uint8Array, at: number, end: number): "pass" | "intervene" | "wait" {
    const lane = this.#frame.type === FRAME_DATA ? this.find(this.#frame.stream) : undefined;
    if (lane?.isStarting !== true) {
      return "pass";
    }
    const scan = scanStart(lane, chunk, at, end, this.#events.isWanted);
    if (scan.found === "answer") {
      this.#events.started(lane);
    }
    if (scan.found !== "more") {
      return scan.found === "declaration" ? "intervene" : "pass";
    }
    // A sender that may not send what is lacking would wait for ever.
    const { flow } = this.#forward;
    const room = Math.min(lane.window.size - scan.laneBytes, flow.window.size - scan.allBytes);
    return room >= scan.lacks ? "wait" : "intervene";
  }

  /**
   * Whether a frame must not pass as it is: a message in it may be for us alone, the receiver's window may not take what
   * the sender sends next, or it credits what the sender does not know to be gone.
   */
  mustIntervene(length: number, chunk: Uint8Array, start: number, end: number): boolean {
    if (this.#frame.type === FRAME_WINDOW_UPDATE) {
      return this.#backward.flow.isReduced(this.#frame.stream);
    }
    if (this.#frame.type === FRAME_SETTINGS) {
      return this.#frame.has(FLAG_ACK) && this.#forward.flow.hasExcess;
    }
    if (this.#frame.type !== FRAME_DATA) {
      return false;
    }
    const lane = this.find(this.#frame.stream);
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
    const isPlain = !this.#frame.has(FLAG_PADDED);
    const doPass = isPlain ? allPass(lane, this.#judge, chunk, start, end) : undefined;
    if (doPass === undefined || end - start < length) {
      return doPass === false || watchfulness === "strict";
    }
    return !doPass;
  }

  count(length: number, chunk: Uint8Array, start: number, end: number): void {
    switch (this.#frame.type) {
      case FRAME_DATA:
        this.#countData(length, chunk, start, end);
        break;
      case FRAME_HEADERS:
      case FRAME_PUSH_PROMISE:
      case FRAME_CONTINUATION:
        this.#countHeaders();
        break;
      case FRAME_RST_STREAM:
        this.#events.reset(this.#frame.stream);
        break;
      case FRAME_SETTINGS:
      case FRAME_WINDOW_UPDATE:
        this.#control.begin(length);
        this.#control.add(chunk, start, end);
    }
  }

  #countData(length: number, chunk: Uint8Array, start: number, end: number): void {
    const lane = this.find(this.#frame.stream);
    this.#frame.lane = lane;
    this.#forward.flow.send(lane, length);
    if (lane === undefined) {
      return;
    }
    this.#frame.beginContent(length);
    this.#countContent(lane, chunk, start, end);
    if (this.#frame.has(FLAG_END_STREAM)) {
      this.#countEnd(lane);
    }
  }

  #countHeaders(): void {
    this.#forward.isBlockOpen = !this.#frame.has(FLAG_END_HEADERS);
    if (this.#frame.type !== FRAME_HEADERS) {
      return;
    }
    this.#events.headers(this.#frame.stream);
    const lane = this.#forward.lanes.get(this.#frame.stream);
    if (lane === undefined) {
      return;
    }
    lane.isOpen = true;
    if (this.#frame.has(FLAG_END_STREAM)) {
      this.#countEnd(lane);
    }
  }

  countPayload(chunk: Uint8Array, start: number, end: number): void {
    if (this.#frame.type === FRAME_DATA) {
      if (this.#frame.lane !== undefined) {
        this.#countContent(this.#frame.lane, chunk, start, end);
      }
    } else if (this.#frame.type === FRAME_SETTINGS || this.#frame.type === FRAME_WINDOW_UPDATE) {
      this.#control.add(chunk, start, end);
    }
  }

  #countContent(lane: Lane, chunk: Uint8Array, start: number, end: number): void {
    const from = this.#frame.takePadLength(chunk, start, end);
    const content = Math.min(end - from, this.#frame.contentLeft);
    this.#frame.contentLeft -= content;
    this.look(lane, chunk, from, from + content);
    lane.skim(chunk, from, from + content);
  }

  look(lane: Lane, chunk: Uint8Array, start: number, end: number): void {
    if (lane.opening !== undefined && start < end) {
      this.#events.opening(lane, chunk.subarray(start, end));
    }
  }

  #countEnd(lane: Lane): void {
    if (this.#frame.isActive) {
      this.#events.ended(lane);
    }
    this.passEnd(lane);
  }

  syncLane(): void {
    if (this.#frame.type !== FRAME_DATA || this.#frame.lane === undefined) {
      return;
    }
    this.#frame.lane.sync();
    if (!this.#frame.lane.isPassingMessage) {
      this.#forward.border(this.#frame.lane);
    }
  }

  find(stream: number): Lane | undefined {
    const cached = this.#cachedLane;
    if (cached !== undefined && cached.stream === stream && !cached.isClosed) {
      return cached;
    }
    this.#cachedLane = this.#forward.lanes.get(stream);
    return this.#cachedLane;
  }

  passEnd(lane: Lane): void {
    lane.isEnded = true;
    lane.isEndSent = true;
    this.#events.endPassed(lane);
  }
}
