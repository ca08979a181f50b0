import { ByteBudget } from "./byte-budget.ts";

/** Held messages of a relay, over all rules and connections, may take so much memory. */
export const MAX_HELD_BYTES = 256 * 1024 * 1024;
/** And so many of them are held at once: each is told of to every page. */
const MAX_HELD_MESSAGES = 5_000;
/** Larger messages are never held. */
export const MAX_HELD_MESSAGE_BYTES = 64 * 1024 * 1024;
/** What each costs beside its bytes: here, in the hub and on the page. */
const OVERHEAD_BYTES = 8 * 1024;

/** How much is held, over all rules and connections, and whether rules are paused for lack of room. Bytes include prefixes. */
export type HoldingState = {
  readonly bytes: number;
  readonly maxBytes: number;
  readonly messages: number;
  readonly maxMessages: number;
  readonly isPaused: boolean;
};

/**
 * The room that a relay has for messages that are held, over all rules and connections.
 *
 * - *open*: what a rule matches is held. Left by a message for which there is no room: it passes.
 * - *paused*: whatever rules match passes. Left when half of the room is free again, or when the hub that gave the rules is
 *   gone.
 *
 * A message counts from its first byte until it has left (or never will), released ones that wait for their receiver too.
 */
export class Holding {
  readonly #budget: ByteBudget;
  readonly #passed = new Map<number, number>();
  #isPaused = false;

  constructor(maxBytes: number = MAX_HELD_BYTES) {
    this.#budget = new ByteBudget(maxBytes, OVERHEAD_BYTES);
  }

  get state(): HoldingState {
    const { bytes, items, maxBytes } = this.#budget;
    return { bytes, maxBytes, messages: items, maxMessages: MAX_HELD_MESSAGES, isPaused: this.#isPaused };
  }

  /** Reserves room for a message that a rule matches. Returns false where it is to pass. */
  hold(rule: number, bytes: number): boolean {
    const isKept = !this.#isPaused && this.#take(bytes);
    if (!isKept) {
      this.#isPaused = true;
      this.#passed.set(rule, (this.#passed.get(rule) ?? 0) + 1);
    }
    return isKept;
  }

  /** Reserves room for a message behind a held one of its invocation. Returns false where it cannot wait there. */
  holdBehind(bytes: number): boolean {
    return bytes <= MAX_HELD_MESSAGE_BYTES && this.#take(bytes);
  }

  /** A message takes no more room. */
  give(bytes: number): void {
    this.#budget.give(bytes);
    if (this.#budget.bytes <= this.#budget.maxBytes / 2 && this.#budget.items <= MAX_HELD_MESSAGES / 2) {
      this.#isPaused = false;
    }
  }

  /** How many messages passed for lack of room since the last call, by rule. */
  takePassed(): readonly (readonly [rule: number, count: number])[] {
    const passed = [...this.#passed];
    this.#passed.clear();
    return passed;
  }

  /** Nobody gives rules any more. */
  reset(): void {
    this.#isPaused = false;
    this.#passed.clear();
  }

  #take(bytes: number): boolean {
    return this.#budget.items < MAX_HELD_MESSAGES && this.#budget.take(bytes);
  }
}
