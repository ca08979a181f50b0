/** Messages that the relay itself sends to one receiver: replays, and answers in somebody's place. */
import type { FlowControl } from "./flow-control.ts";
import { dataHeader } from "./frame-bytes.ts";
import type { Lane, OwnMessage } from "./lane.ts";
import type { OutgoingBytes } from "./outgoing-bytes.ts";

/**
 * A message waits in its lane until it is its turn, leaves in frames as large as the receiver's windows allow, and is gone when its
 * last byte has left. While it has left in part, nothing else of its lane may. One that is dropped has not begun.
 */
export class OwnMessages {
  /** Lanes that have any. */
  readonly lanes = new Set<Lane>();
  readonly #flow: FlowControl;
  readonly #outgoing: OutgoingBytes;
  #bytesLeft = 0;

  constructor(flow: FlowControl, outgoing: OutgoingBytes) {
    this.#flow = flow;
    this.#outgoing = outgoing;
  }

  /** All that was allowed to leave has left. */
  get isCutShort(): boolean {
    return this.#bytesLeft <= 0;
  }

  /** Allows so many bytes to leave, until the next call; 0 where the socket takes no more. */
  allow(bytes: number): void {
    this.#bytesLeft = bytes;
  }

  add(lane: Lane, message: OwnMessage): void {
    lane.own.push(message);
    this.lanes.add(lane);
  }

  /** Drops messages of which nothing has left. */
  drop(lane: Lane, reason: string, isMeant: (message: OwnMessage) => boolean = () => true): void {
    const begun = lane.ownOffset > 0 ? 1 : 0;
    const dropped = lane.own.filter((message, n) => n >= begun && isMeant(message));
    const left = lane.own.filter((message) => !dropped.includes(message));
    lane.own.splice(0, lane.own.length, ...left);
    if (left.length === 0) {
      this.lanes.delete(lane);
    }
    for (const message of dropped) {
      message.onDropped?.(reason);
      message.onGone?.();
    }
  }

  /** Also the one that was begun: nobody takes the rest of it. */
  dropAll(lane: Lane, reason: string): void {
    this.drop(lane, reason);
    this.lanes.delete(lane);
    for (const message of lane.own.splice(0)) {
      message.onGone?.();
    }
  }

  /** Whether one goes before what the sender says next. */
  mustGoFirst(lane: Lane, endsStream: boolean): boolean {
    if (lane.own.length === 0) {
      return false;
    }
    return lane.ownOffset > 0 || (!lane.isMessageOpen && (lane.isOurTurn || endsStream));
  }

  /** Sends what can go of a lane's first message; true when it is complete. */
  send(lane: Lane): boolean {
    const message = lane.own[0];
    if (message === undefined) {
      return true;
    }
    if (!lane.isOpen || lane.isEndSent) {
      return false;
    }
    while (lane.ownOffset < message.bytes.length) {
      const length = Math.min(message.bytes.length - lane.ownOffset, this.room(lane));
      if (length <= 0) {
        return false;
      }
      if (lane.ownOffset === 0) {
        message.onBegun?.();
      }
      this.#outgoing.bytes(dataHeader(lane.stream, length, false));
      this.#outgoing.bytes(message.bytes.subarray(lane.ownOffset, lane.ownOffset + length));
      lane.ownOffset += length;
      this.spend(lane, length);
    }
    lane.own.shift();
    lane.ownOffset = 0;
    lane.isOurTurn = false;
    if (lane.own.length === 0) {
      this.lanes.delete(lane);
    }
    message.onGone?.();
    return true;
  }

  /** Bytes that may go in one frame now. */
  room(lane: Lane): number {
    return Math.min(this.#flow.room(lane), this.#bytesLeft);
  }

  /** Counts bytes that have left. */
  spend(lane: Lane, bytes: number): void {
    this.#bytesLeft -= bytes;
    this.#flow.inject(lane, bytes);
  }
}
