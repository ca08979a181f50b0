import { FLAG_ACK, FRAME_HEADER_BYTES, FRAME_SETTINGS, FRAME_WINDOW_UPDATE, streamIdAt } from "@inspector/wire/frames";
import type { ComingFrame } from "./coming-frame.ts";
import { windowUpdate } from "./frame-bytes.ts";
import type { InboxEvents } from "./inbox-events.ts";
import type { Outbox } from "./outbox.ts";
import { SmallFrame } from "./small-frame.ts";

/** Frames that must be whole, because they are read or may be changed: SETTINGS, WINDOW_UPDATE and RST_STREAM. */
export class ControlFrames {
  readonly #frame: ComingFrame;
  readonly #forward: Outbox;
  readonly #backward: Outbox;
  readonly #events: InboxEvents;
  readonly #small = new SmallFrame();

  constructor(frame: ComingFrame, forward: Outbox, backward: Outbox, events: InboxEvents) {
    this.#frame = frame;
    this.#forward = forward;
    this.#backward = backward;
    this.#events = events;
  }

  /** @param header absent where the frame has gone on, or goes on as it comes */
  begin(length: number, header?: Uint8Array): void {
    this.#small.begin(length, header);
  }

  add(chunk: Uint8Array, start: number, end: number): void {
    const frame = this.#small.add(chunk, start, end);
    if (frame === undefined) {
      return;
    }
    const isPassing = this.#frame.isActive && this.#frame.way === "small";
    if (this.#frame.type === FRAME_WINDOW_UPDATE) {
      this.#windowUpdate(frame, isPassing);
    } else if (this.#frame.type === FRAME_SETTINGS) {
      this.#settings(frame, isPassing);
    } else {
      this.#reset(frame);
    }
  }

  #windowUpdate(frame: Uint8Array, isPassing: boolean): void {
    const bytes = streamIdAt(frame, FRAME_HEADER_BYTES);
    const { flow } = this.#backward;
    if (!isPassing) {
      flow.updatePassed(this.#frame.stream, bytes);
      return;
    }
    const left = flow.update(this.#frame.stream, bytes);
    if (left === bytes) {
      this.#forward.outgoing.bytes(frame);
    } else if (left > 0) {
      this.#forward.outgoing.bytes(windowUpdate(this.#frame.stream, left));
    }
    this.#backward.flush();
  }

  #settings(frame: Uint8Array, isPassing: boolean): void {
    const isAck = this.#frame.has(FLAG_ACK);
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
    if (this.#frame.isActive) {
      this.#forward.flush();
    }
  }

  #reset(frame: Uint8Array): void {
    const lane = this.#forward.lanes.get(this.#frame.stream);
    if (lane !== undefined && lane.queuedEnds > 0) {
      this.#forward.reset(lane, frame);
      return;
    }
    this.#forward.outgoing.bytes(frame);
    this.#events.reset(this.#frame.stream);
  }
}
