/** When a piece of a reader's work has taken too long. */
import { performance } from "node:perf_hooks";

/** Milliseconds: of time, and of processor time of all threads of this process. */
export type WorkClocks = { readonly now: () => number; readonly processor: () => number };

const CLOCKS: WorkClocks = {
  now: () => performance.now(),
  processor() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};

/** A disk that does not answer takes no processor time: so many limits are the end in any case. */
const PATIENCE = 6;

/**
 * A limit on the processor time of one piece of work. The thread's own is not told by Node 20, so it is that of the whole process, which
 * is more: on a busy machine a statement gets the time that it would have had alone, and not much more on an idle one.
 */
export class WorkLimit {
  readonly #limitMs: number;
  readonly #clocks: WorkClocks;
  /** The piece of work that was seen last, and when. */
  #seen = { count: -1, at: 0, processor: 0 };

  constructor(limitMs: number, clocks: WorkClocks = CLOCKS) {
    this.#limitMs = limitMs;
    this.#clocks = clocks;
  }

  /** Forgets what was seen: another thread counts from the beginning. */
  reset(): void {
    this.#seen = { count: -1, at: 0, processor: 0 };
  }

  /** @param count pieces of work begun so far @param isAtWork false while the thread waits for the next */
  isExceeded(count: number, isAtWork: boolean): boolean {
    const at = this.#clocks.now();
    const processor = this.#clocks.processor();
    if (!isAtWork || count !== this.#seen.count) {
      this.#seen = { count, at, processor };
      return false;
    }
    const took = at - this.#seen.at;
    const worked = Math.min(took, processor - this.#seen.processor);
    return worked > this.#limitMs || took > PATIENCE * this.#limitMs;
  }
}
