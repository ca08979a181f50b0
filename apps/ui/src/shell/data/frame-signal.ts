import { SECOND_MS, untilBeat } from "./beat.ts";

/** When a notification is due at the latest: with the next frame, in a moment, or with the next whole second. */
export type Due = "frame" | "soon" | "second";

/** Time for the rows of a list that grew. */
const SOON_MS = 100;

const ORDER: readonly Due[] = ["frame", "soon", "second"];

/** Runs `flush` once, when it is due. */
export type Schedule = (flush: () => void, due?: Due) => void;

/** Where frames come from: the browser, and what a test puts in its place. */
export type FrameSource = {
  readonly onFrame: (act: () => void) => void;
  readonly afterMs: (act: () => void, ms: number) => void;
  readonly isHidden: () => boolean;
};

/**
 * One queue for all signals of a page, because a frame costs much the same whatever changes in it: what is due later is
 * shown with any frame that is drawn before.
 *
 * A hidden tab gets no frames, so there a timer keeps titles and counts moving.
 */
export class FrameQueue {
  readonly #source: FrameSource;
  #waiting: (() => void)[] = [];
  #isFrameAsked = false;
  readonly #timers = new Set<Due>();

  constructor(source: FrameSource) {
    this.#source = source;
  }

  readonly schedule: Schedule = (flush, due = "frame") => {
    this.#waiting.push(flush);
    if (due === "frame") {
      this.#askFrame();
    } else if (!this.#timers.has(due)) {
      this.#timers.add(due);
      this.#source.afterMs(
        () => {
          this.#timers.delete(due);
          if (this.#waiting.length > 0) {
            this.#askFrame();
          }
        },
        due === "soon" ? SOON_MS : untilBeat(SECOND_MS),
      );
    }
  };

  #askFrame(): void {
    if (this.#isFrameAsked) {
      return;
    }
    this.#isFrameAsked = true;
    const flush = () => this.#flush();
    if (this.#source.isHidden()) {
      this.#source.afterMs(flush, SECOND_MS);
    } else {
      this.#source.onFrame(flush);
    }
  }

  #flush(): void {
    this.#isFrameAsked = false;
    const due = this.#waiting;
    this.#waiting = [];
    for (const flush of due) {
      flush();
    }
  }
}

export const scheduleFrame: Schedule = new FrameQueue({
  onFrame: (act) => requestAnimationFrame(act),
  afterMs: (act, ms) => setTimeout(act, ms),
  isHidden: () => document.hidden,
}).schedule;

/**
 * Notifies listeners that something changed, at most once a frame, however often it was raised.
 *
 * Whoever raises the signal has changed the data already; only the notification waits, so a tab that draws no frames
 * loses nothing.
 */
export class FrameSignal {
  readonly #schedule: Schedule;
  readonly #listeners = new Set<() => void>();
  /** What it waits for. A notification that is due sooner takes the place of a later one. */
  #due: Due | undefined;
  #version = 0;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
  }

  raise(due: Due = "frame"): void {
    if (this.#due !== undefined && ORDER.indexOf(this.#due) <= ORDER.indexOf(due)) {
      return;
    }
    this.#due = due;
    this.#schedule(() => this.#notify(), due);
  }

  #notify(): void {
    // It waited, and a frame came first.
    if (this.#due === undefined) {
      return;
    }
    this.#due = undefined;
    this.#version++;
    for (const listener of this.#listeners) {
      listener();
    }
  }

  /** For `useSyncExternalStore`: the number of notifications so far. */
  readonly getVersion = (): number => this.#version;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}
