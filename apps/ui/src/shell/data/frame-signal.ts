/** Runs `flush` once, soon: at the next frame, or by timer where no frames are drawn. */
export type Schedule = (flush: () => void) => void;

const HIDDEN_TAB_MS = 1000;

/** A hidden tab gets no animation frames, so there a timer keeps titles and counts moving. */
export function scheduleFrame(flush: () => void): void {
  if (document.hidden) {
    setTimeout(flush, HIDDEN_TAB_MS);
  } else {
    requestAnimationFrame(flush);
  }
}

/**
 * Notifies listeners that something changed, at most once a frame, however often it was raised.
 *
 * Whoever raises the signal has changed the data already; only the notification waits, so a tab that draws no frames
 * loses nothing.
 */
export class FrameSignal {
  readonly #schedule: Schedule;
  readonly #listeners = new Set<() => void>();
  #isScheduled = false;
  #version = 0;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
  }

  raise(): void {
    if (this.#isScheduled) {
      return;
    }
    this.#isScheduled = true;
    this.#schedule(() => {
      this.#isScheduled = false;
      this.#version++;
      for (const listener of this.#listeners) {
        listener();
      }
    });
  }

  /** For `useSyncExternalStore`: the number of notifications so far. */
  readonly getVersion = (): number => this.#version;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}
