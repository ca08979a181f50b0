import type { Nanos } from "@inspector/contract/page";

/**
 * The present of a session that is recorded, in its own time: what the hub said last, and what has passed here since by a clock
 * that nobody sets. The wall clocks of hub and page are not asked: they may differ, and are set while a message waits.
 */
export class SessionClock {
  readonly #monotonic: () => number;
  /** What to add to this machine's monotonic clock; undefined before the hub said anything. */
  #offset: Nanos | undefined;
  /** Where it stands while the hub is away. */
  #stopped: Nanos | undefined;

  /** @param monotonic milliseconds, as `performance.now` */
  constructor(monotonic: () => number = () => performance.now()) {
    this.#monotonic = monotonic;
  }

  /** `now` was true when it was said: of several words the one that came fastest is closest to the truth. */
  take(now: Nanos): void {
    this.#offset = Math.max(this.#offset ?? Number.NEGATIVE_INFINITY, now - this.#here());
  }

  /** The hub is away, and nobody knows what goes on: the clock stands until the next word. */
  stop(): void {
    this.#stopped = this.now();
    this.#offset = undefined;
  }

  /** Another session. */
  reset(): void {
    this.#offset = undefined;
    this.#stopped = undefined;
  }

  /** Nanoseconds since the session began; undefined where that is not known. */
  now(): Nanos | undefined {
    return this.#offset === undefined ? this.#stopped : this.#here() + this.#offset;
  }

  #here(): Nanos {
    return this.#monotonic() * 1e6;
  }
}
