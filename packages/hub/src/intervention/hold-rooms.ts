/** How much relays hold, and may hold. */
import type { HoldRoom } from "@inspector/contract/intervention";

export class HoldRooms {
  /** By relay, what it said last. */
  readonly #rooms = new Map<string, HoldRoom>();

  set(journal: string, room: HoldRoom): void {
    this.#rooms.set(journal, room);
  }

  delete(journal: string): void {
    this.#rooms.delete(journal);
  }

  /** What all relays hold together; undefined until one has told. */
  get sum(): HoldRoom | undefined {
    const [first, ...others] = this.#rooms.values();
    return others.reduce(
      (sum, one) =>
        sum && {
          bytes: sum.bytes + one.bytes,
          maxBytes: sum.maxBytes + one.maxBytes,
          messages: sum.messages + one.messages,
          maxMessages: sum.maxMessages + one.maxMessages,
          isPaused: sum.isPaused || one.isPaused,
        },
      first,
    );
  }
}
