/** A reader as the desk sees it: questions, views, and an eye on how long it takes. */
import { InspectorError } from "@inspector/contract/inspector-error";
import type { ViewOrder } from "@inspector/reader/page-request";
import type { Asked, FromReader, Questions, ToReader } from "../../reader/lines.ts";
import { WORK_COUNT, WORK_ID } from "../../reader/lines.ts";
import type { ReaderThreadOptions } from "../../reader/reader-thread.ts";
import type { RunningReader, StartReader } from "./start-reader.ts";
import { WorkLimit } from "./work-limit.ts";

/** Questions that wait at once; more are refused. */
const MAX_WAITING = 1_000;
/** How often a reader is looked at. */
const WATCH_MS = 100;
/** A reader that dies again and again is started less and less often. */
const RESTART_MS = [0, 100, 1_000, 5_000];

export type ViewEvents = {
  /** Words of a frame behind the view's number: cursor, hits, ids, gone. The next comes after {@link ReaderClient.next}. */
  onFrame(words: Uint32Array): void;
  /** The view is closed; another one, which is equally far, gives the same from here on. */
  onMerged(into: number): void;
  /** The view is closed: its filter cannot be read, or took too long. */
  onRefused(message: string, offset: number): void;
  /** The reader was started again: a view that is still wanted has to be opened anew. */
  onLost(): void;
};

export type ReaderClientOptions = {
  readonly start: StartReader;
  readonly thread: Omit<ReaderThreadOptions, "work">;
  /** Whether its thread is started only when something is asked of it, or when it is woken. */
  readonly isLazy?: boolean;
  /** How much processor time one piece of work may take: a question, or a slice of a view. */
  readonly limitMs: number;
  /** What is neither an answer nor of a view. */
  readonly onNews: (news: News) => void;
  /** What a reader that was started again has to know first. */
  readonly onStarted: (post: (message: ToReader) => void) => void;
};

export type News = Extract<FromReader, { type: "info" | "info-changed" | "indexed" }>;

type Waiting = {
  readonly asked: Asked;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  /** Threads that ended while it waited. */
  attempts: number;
};

/**
 * States: asleep (a lazy one of which nothing was asked yet); running; restarting (its thread has died, the next is started after a pause); closed. A running one whose work
 * takes longer than its limit ({@link WorkLimit}) is ended: that question or view is refused with an error that names the limit, all other
 * questions are asked again, once, and views are lost to whoever opened them.
 */
export class ReaderClient {
  readonly #options: ReaderClientOptions;
  readonly #waiting = new Map<number, Waiting>();
  readonly #views = new Map<number, ViewEvents>();
  /** Views that were opened while no thread ran. */
  readonly #unopened = new Map<number, ToReader>();
  readonly #work = new Int32Array(new SharedArrayBuffer(8));
  readonly #watch: NodeJS.Timeout;
  #thread: RunningReader | undefined;
  #restart: NodeJS.Timeout | undefined;
  #deaths = 0;
  #last = 0;
  #isClosed = false;
  readonly #limit: WorkLimit;

  constructor(options: ReaderClientOptions) {
    this.#options = options;
    this.#limit = new WorkLimit(options.limitMs);
    if (options.isLazy !== true) {
      this.#start();
    }
    this.#watch = setInterval(() => this.#look(), WATCH_MS);
    this.#watch.unref();
  }

  /**
   * @throws {InspectorError} what the question throws; "busy" where too many wait, "took-too-long"
   * @param signal aborted where nobody waits for the answer any more
   */
  ask<K extends keyof Questions>(
    name: K,
    given: Parameters<Questions[K]>,
    signal?: AbortSignal,
  ): Promise<ReturnType<Questions[K]>> {
    if (this.#isClosed || this.#waiting.size >= MAX_WAITING) {
      const message = `${this.#waiting.size} questions are waiting for an answer`;
      return Promise.reject(new InspectorError("busy", message, { hint: "Try again in a moment." }));
    }
    this.#last += 1;
    const id = this.#last;
    const asked = { name, given } as Asked;
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { asked, resolve, reject, attempts: 0 });
    });
    signal?.addEventListener("abort", () => this.#drop(id), { once: true });
    if (this.#thread === undefined) {
      this.wake();
    } else {
      this.#thread.post({ type: "question", id, asked });
    }
    return answer as Promise<ReturnType<Questions[K]>>;
  }

  /** Starts the thread of one that is asleep. */
  wake(): void {
    if (this.#thread === undefined && this.#restart === undefined && !this.#isClosed) {
      this.#start();
    }
  }

  /** @returns the view's number */
  openView(session: string, order: ViewOrder, events: ViewEvents): number {
    this.#last += 1;
    const view = this.#last;
    this.#views.set(view, events);
    const message: ToReader = { type: "open-view", view, session, order };
    if (this.#thread === undefined) {
      this.#unopened.set(view, message);
      this.wake();
    } else {
      this.#thread.post(message);
    }
    return view;
  }

  next(view: number): void {
    this.#thread?.post({ type: "next", view });
  }

  closeView(view: number): void {
    this.#unopened.delete(view);
    if (this.#views.delete(view)) {
      this.#thread?.post({ type: "close-view", view });
    }
  }

  post(message: ToReader): void {
    this.#thread?.post(message);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#watch);
    clearTimeout(this.#restart);
    const thread = this.#thread;
    this.#thread = undefined;
    for (const { reject } of this.#waiting.values()) {
      reject(new InspectorError("busy", "The inspector is about to end"));
    }
    this.#waiting.clear();
    this.#views.clear();
    await thread?.stop();
  }

  #start(): void {
    this.#work.fill(0);
    this.#limit.reset();
    const thread = this.#options.start(
      { ...this.#options.thread, work: this.#work },
      {
        onMessage: (message) => {
          if (this.#thread === thread) {
            this.#receive(message);
          }
        },
        onDied: (reason) => {
          if (this.#thread === thread) {
            this.#died(reason);
          }
        },
      },
    );
    this.#thread = thread;
    this.#options.onStarted((message) => thread.post(message));
    for (const [id, { asked }] of this.#waiting) {
      thread.post({ type: "question", id, asked });
    }
    for (const message of this.#unopened.values()) {
      thread.post(message);
    }
    this.#unopened.clear();
  }

  #receive(message: FromReader): void {
    switch (message.type) {
      case "answer":
        this.#deaths = 0;
        return this.#take(message.id)?.resolve(message.value);
      case "refusal": {
        const { code, hint } = message;
        return this.#take(message.id)?.reject(
          new InspectorError(code, message.message, hint === undefined ? {} : { hint }),
        );
      }
      case "fault":
        return this.#take(message.id)?.reject(new Error(message.message));
      case "frame":
        this.#deaths = 0;
        return this.#views.get(message.view)?.onFrame(message.words);
      case "merged":
        return this.#takeView(message.view)?.onMerged(message.into);
      case "invalid-filter":
        return this.#takeView(message.view)?.onRefused(message.message, message.offset);
      case "view-failed":
        return this.#takeView(message.view)?.onRefused(message.message, 0);
      default:
        return this.#options.onNews(message);
    }
  }

  #take(id: number): Waiting | undefined {
    const found = this.#waiting.get(id);
    this.#waiting.delete(id);
    return found;
  }

  #takeView(view: number): ViewEvents | undefined {
    const found = this.#views.get(view);
    this.#views.delete(view);
    return found;
  }

  #drop(id: number): void {
    const found = this.#take(id);
    if (found !== undefined) {
      this.#thread?.post({ type: "drop", id });
      found.reject(new InspectorError("busy", "Nobody waits for the answer any more"));
    }
  }

  #look(): void {
    const count = Atomics.load(this.#work, WORK_COUNT);
    const id = Atomics.load(this.#work, WORK_ID);
    if (this.#limit.isExceeded(count, id !== 0)) {
      this.#interrupt(id);
    }
  }

  #interrupt(id: number): void {
    const limit = `${this.#options.limitMs / 1000} s`;
    const message = `It took longer than ${limit} and was given up`;
    const hint = "Ask for less: a narrower filter, or fewer rows.";
    const thread = this.#thread;
    this.#thread = undefined;
    thread?.terminate();
    this.#take(id)?.reject(new InspectorError("took-too-long", message, { hint }));
    this.#takeView(-id)?.onRefused(`${message}. ${hint}`, 0);
    this.#startAnew();
  }

  #died(reason: string): void {
    this.#thread = undefined;
    for (const [id, waiting] of [...this.#waiting]) {
      waiting.attempts += 1;
      if (waiting.attempts > 1) {
        this.#take(id)?.reject(new Error(`the thread that reads sessions has died: ${reason}`));
      }
    }
    this.#startAnew();
  }

  #startAnew(): void {
    const pause = RESTART_MS[Math.min(this.#deaths, RESTART_MS.length - 1)] ?? 0;
    this.#deaths += 1;
    const lost = [...this.#views.keys()];
    this.#restart = setTimeout(() => {
      this.#restart = undefined;
      this.#start();
      for (const view of lost) {
        this.#takeView(view)?.onLost();
      }
    }, pause);
  }
}
