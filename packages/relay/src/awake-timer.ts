/** A time limit that only runs while this process does. */

const TICK_MS = 250;
/** More than this between two ticks means that this process did not run: it was suspended, or the machine slept. */
const LONGEST_TICK_MS = 1_000;

/**
 * Calls back once, when `limit` has passed since it was started or started again.
 *
 * Time in which this process did not run does not count, since what it waits for may not have run either: after both were
 * suspended and resumed, the other side still has all of its limit to answer.
 */
export class AwakeTimer {
  readonly #limit: number;
  readonly #onExpired: () => void;
  #waited = 0;
  #lastTick = 0;
  #ticks: NodeJS.Timeout | undefined;

  /** @param limit in milliseconds, exact to a quarter of a second */
  constructor(limit: number, onExpired: () => void) {
    this.#limit = limit;
    this.#onExpired = onExpired;
  }

  start(): void {
    this.#waited = 0;
    this.#lastTick = performance.now();
    this.#ticks ??= setInterval(() => this.#tick(), TICK_MS).unref();
  }

  stop(): void {
    clearInterval(this.#ticks);
    this.#ticks = undefined;
  }

  #tick(): void {
    const now = performance.now();
    this.#waited += Math.min(now - this.#lastTick, LONGEST_TICK_MS);
    this.#lastTick = now;
    if (this.#waited >= this.#limit) {
      this.stop();
      this.#onExpired();
    }
  }
}
