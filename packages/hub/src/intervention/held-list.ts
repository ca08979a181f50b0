/** What relays hold for somebody to decide about. */
import { InspectorError } from "@inspector/contract/inspector-error";
import type { HeldMessage } from "@inspector/contract/intervention";
import { jsonOfHeld } from "./held-message.ts";

export type Held = {
  message: HeldMessage;
  /** Absent where it is too large to be shown. */
  readonly bytes: Uint8Array | undefined;
  readonly journal: string;
  /** The relay's number for it. */
  readonly number: number;
};

/** Messages of a list are shown with what they say up to so many bytes, the oldest first; others are asked for one by one. */
const MAX_LISTED_BYTES = 1024 * 1024;

/** Held messages under numbers of their own, in the order in which they were held. */
export class HeldList {
  readonly #held = new Map<number, Held>();

  /** The messages as the page shows them. */
  get shown(): HeldMessage[] {
    let room = MAX_LISTED_BYTES;
    return [...this.#held.values()].map((one) => {
      room -= one.message.size;
      const isApart = room < 0 && one.bytes !== undefined;
      return isApart ? { ...one.message, isApart } : showHeld(one);
    });
  }

  set(id: number, one: Held): void {
    this.#held.set(id, one);
  }

  /** @throws {InspectorError} "not-held" */
  get(id: number): Held {
    const one = this.#held.get(id);
    if (one === undefined) {
      throw new InspectorError("not-held", `Message ${id} is not held any more`, {
        hint: "It was released, its rule's time was over, or its stream has ended.",
      });
    }
    return one;
  }

  find(journal: string, number: number): Held | undefined {
    return [...this.#held.values()].find((one) => one.journal === journal && one.number === number);
  }

  delete(id: number): void {
    this.#held.delete(id);
  }

  /** @returns whether there was any */
  forget(isGone: (one: Held) => boolean): boolean {
    let isChanged = false;
    for (const [id, one] of this.#held) {
      if (isGone(one)) {
        isChanged = this.#held.delete(id) || isChanged;
      }
    }
    return isChanged;
  }
}

/** A held message with what it says, where it is not too large for that. */
export function showHeld({ message, bytes }: Held): HeldMessage {
  const json = bytes && jsonOfHeld(bytes);
  return json === undefined ? message : { ...message, message: json };
}
