/**
 * When a notification is due at the latest: with the next frame; in a moment, the time for the rows of a list that grew; or
 * later, because it only brings something up to date.
 */
export type Due = "frame" | "soon" | "later";

/** Milliseconds that it may wait for a frame which is drawn for something else. */
export const DUE_MS: Readonly<Record<Due, number>> = { frame: 0, soon: 100, later: 700 };

const ORDER: readonly Due[] = ["frame", "soon", "later"];

/** How often a hidden tab is brought up to date. */
const HIDDEN_MS = 1000;

/** After so long without a change there is no frame to wait for. */
const QUIET_MS = 100;

/** Runs `flush` once, when it is due. */
export type Schedule = (flush: () => void, due?: Due) => void;

/** Where frames come from: the browser, and what a test puts in its place. */
export type FrameSource = {
  readonly onFrame: (act: () => void) => void;
  readonly afterMs: (act: () => void, ms: number) => void;
  readonly isHidden: () => boolean;
  /** Milliseconds by a clock that nobody sets. */
  readonly now: () => number;
};

/**
 * One queue for all signals of a page, because a frame costs much the same whatever changes in it: what is due later is
 * shown with any frame that is drawn before.
 *
 * Where nothing was drawn for a while it is drawn at once, and not in the browser's next frame: what is set then, the place of a
 * list among it, is part of that frame, and within one it would take a second.
 *
 * A hidden tab gets no frames, so there a timer keeps titles and counts moving.
 */
export class FrameQueue {
  readonly #source: FrameSource;
  #waiting: (() => void)[] = [];
  #isFrameAsked = false;
  #flushedAt = Number.NEGATIVE_INFINITY;
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
      this.#source.afterMs(() => {
        this.#timers.delete(due);
        if (this.#waiting.length > 0) {
          this.#askFrame();
        }
      }, DUE_MS[due]);
    }
  };

  #askFrame(): void {
    if (this.#isFrameAsked) {
      return;
    }
    this.#isFrameAsked = true;
    const flush = () => this.#flush();
    if (this.#source.isHidden()) {
      this.#source.afterMs(flush, HIDDEN_MS);
    } else if (this.#source.now() - this.#flushedAt > QUIET_MS) {
      this.#source.afterMs(flush, 0);
    } else {
      this.#source.onFrame(flush);
    }
  }

  #flush(): void {
    this.#isFrameAsked = false;
    this.#flushedAt = this.#source.now();
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
  now: () => performance.now(),
}).schedule;

/** Resolves with the next frame that is drawn anyway, or a moment later where there is none. */
export async function nextFrame(): Promise<void> {
  await new Promise<void>((resolve) => scheduleFrame(resolve, "later"));
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
