/** The windows of one receiver: the connection's, and one for each stream (RFC 9113, 5.2). */
import { DEFAULT_WINDOW_BYTES } from "@inspector/wire/frames";
import { FlowWindow } from "./flow-window.ts";
import { windowUpdate } from "./frame-bytes.ts";
import type { Lane } from "./lane.ts";
import { PendingSettings } from "./settings.ts";

/**
 * What one receiver accepts: the connection's window, those of its streams, and its settings. Everything that leaves is counted
 * here, ours and the sender's.
 */
export class FlowControl {
  readonly lanes = new Map<number, Lane>();
  /** The connection's window. */
  readonly window = new FlowWindow(DEFAULT_WINDOW_BYTES);
  readonly settings = new PendingSettings();
  /** Lanes whose sender is to be credited by us. */
  readonly #credited = new Set<Lane>();
  #isTight = false;

  /** Bytes of a stream that may go in one frame now. */
  room(lane: Lane): number {
    return Math.min(lane.window.size, this.window.size, this.settings.current.maxFrameBytes);
  }

  /** Bytes that the sender has not sent, or has been credited already, go to the receiver. */
  inject(lane: Lane, bytes: number): void {
    this.window.inject(bytes);
    lane.window.inject(bytes);
  }

  /** The sender is to get WINDOW_UPDATEs of ours. */
  get hasCredit(): boolean {
    return this.window.credit > 0 || this.#credited.size > 0;
  }

  /**
   * The receiver accepts the next frame of the sender, whatever its size and stream: nothing has to be kept back although
   * the sender overestimates a window.
   */
  get isRoomy(): boolean {
    if (!this.#isRoomyAfter(this.window, 0)) {
      return false;
    }
    for (const lane of this.lanes.values()) {
      if (!lane.isEnded && !this.#isRoomyAfter(lane.window, 0)) {
        return false;
      }
    }
    return true;
  }

  /** Settings that were acknowledged have made it so that it does not. */
  get isTight(): boolean {
    return this.#isTight && !this.isRoomy;
  }

  /** Whether that is still so behind a frame of so many bytes. */
  staysRoomy(lane: Lane | undefined, bytes: number): boolean {
    return this.#isRoomyAfter(this.window, bytes) && (lane === undefined || this.#isRoomyAfter(lane.window, bytes));
  }

  /** Whether a WINDOW_UPDATE of a stream (0: of the connection) does not go on as it is. */
  isReduced(stream: number): boolean {
    const window = stream === 0 ? this.window : this.lanes.get(stream)?.window;
    return window !== undefined && window.excess > 0;
  }

  /** Whether the sender overestimates any window. */
  get hasExcess(): boolean {
    if (this.window.excess > 0) {
      return true;
    }
    for (const { window } of this.lanes.values()) {
      if (window.excess > 0) {
        return true;
      }
    }
    return false;
  }

  #isRoomyAfter({ size, excess }: FlowWindow, bytes: number): boolean {
    return excess === 0 || size - bytes >= this.settings.current.maxFrameBytes;
  }

  /**
   * Whether so much of the sender's can go at once. What it sends within a window that it knows is its own affair, unless
   * an acknowledgement waits here, with which it may send more.
   */
  fits(lane: Lane | undefined, bytes: number, hasWaitingBlocks: boolean): boolean {
    if (this.window.excess > 0 && bytes > this.window.size) {
      return false;
    }
    if (lane === undefined || bytes <= lane.window.size) {
      return true;
    }
    return lane.window.excess === 0 && !hasWaitingBlocks;
  }

  /** So many bytes of the sender go to the receiver. */
  send(lane: Lane | undefined, bytes: number): void {
    this.window.send(bytes);
    lane?.window.send(bytes);
  }

  /** So many bytes of the sender end here. */
  consume(lane: Lane | undefined, bytes: number): void {
    this.window.consume(bytes);
    if (lane === undefined || lane.isClosed) {
      return;
    }
    lane.window.consume(bytes);
    if (lane.window.credit > 0) {
      this.#credited.add(lane);
    }
  }

  /**
   * Makes sure that the sender can send so many bytes more: it gets credit for what waits here before that has gone on.
   * Never more than the receiver's own windows would be if it had all of it.
   */
  extend(lane: Lane, bytes: number): void {
    extendWindow(lane.window, lane.waiting, bytes);
    if (lane.window.credit > 0) {
      this.#credited.add(lane);
    }
    let waiting = 0;
    for (const one of this.lanes.values()) {
      waiting += one.waiting;
    }
    extendWindow(this.window, waiting, bytes);
  }

  /** The receiver credits bytes. Returns how many of them the sender gets. */
  update(stream: number, bytes: number): number {
    const window = stream === 0 ? this.window : this.lanes.get(stream)?.window;
    return window === undefined ? bytes : window.update(bytes);
  }

  /** The receiver credits bytes, of which the sender has been told. */
  updatePassed(stream: number, bytes: number): void {
    const window = stream === 0 ? this.window : this.lanes.get(stream)?.window;
    window?.updatePassed(bytes);
  }

  /** The receiver's oldest settings that were not acknowledged are. */
  acknowledge(): void {
    const growth = this.settings.acknowledge();
    if (growth !== 0) {
      for (const { window } of this.lanes.values()) {
        window.resize(growth);
      }
    }
    this.#isTight = !this.isRoomy;
  }

  /** The WINDOW_UPDATEs of ours that the sender is to get; they count as sent. */
  takeCredit(): Uint8Array[] {
    const frames: Uint8Array[] = [];
    const credit = this.window.takeCredit();
    if (credit > 0) {
      frames.push(windowUpdate(0, credit));
    }
    for (const lane of this.#credited) {
      const bytes = lane.window.takeCredit();
      if (bytes > 0 && !lane.isEnded && !lane.isClosed) {
        frames.push(windowUpdate(lane.stream, bytes));
      }
    }
    this.#credited.clear();
    return frames;
  }
}

function extendWindow(window: FlowWindow, waiting: number, bytes: number): void {
  if (window.size + window.excess - waiting < bytes) {
    window.creditEarly(Math.max(0, waiting - window.excess));
  }
}
