import { useSyncExternalStore } from "react";
import { DUE_MS, type Due, scheduleFrame } from "../data/frame-signal.ts";

/** What all who ask for the same interval share. It moves a little early where a frame is drawn anyway. */
class Clock {
  readonly #interval: number;
  readonly #due: Due;
  readonly #listeners = new Set<() => void>();
  #now = Date.now();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(interval: number) {
    this.#interval = interval;
    this.#due = interval > DUE_MS.later ? "later" : "soon";
  }

  readonly getNow = (): number => this.#now;

  readonly subscribe = (listener: () => void): (() => void) => {
    if (this.#listeners.size === 0) {
      this.#now = Date.now();
      this.#wait();
    }
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) {
        clearTimeout(this.#timer);
      }
    };
  };

  #wait(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      scheduleFrame(() => this.#tick(), this.#due);
    }, this.#interval - DUE_MS[this.#due]);
  }

  #tick(): void {
    // Nobody looks any more.
    if (this.#listeners.size === 0) {
      return;
    }
    this.#now = Date.now();
    this.#wait();
    for (const listener of this.#listeners) {
      listener();
    }
  }
}

const clocks = new Map<number, Clock>();

function clockOf(interval: number): Clock {
  const known = clocks.get(interval);
  if (known !== undefined) {
    return known;
  }
  const clock = new Clock(interval);
  clocks.set(interval, clock);
  return clock;
}

/** Milliseconds since the Unix epoch, renewed at least every `interval` milliseconds. */
export function useNow(interval: number): number {
  const clock = clockOf(interval);
  return useSyncExternalStore(clock.subscribe, clock.getNow);
}
