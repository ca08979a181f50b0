/** Keeps views up to date from a session in this page. */
import type { Seq, ViewOf } from "@inspector/contract/page";
import { createViews, type ViewLine, type Views } from "@inspector/reader/views";
import type { LinkHandlers, SessionLink } from "../shell/data/session-client.ts";
import type { OfflineSessions } from "./offline-sessions.ts";

/** Messages that are taken from a view's frame: cursor and hits before the ids. */
const HEAD_WORDS = 2;

/** Works in turns, a slice of one view each, between which the page draws and hears what is typed. */
export class OfflineLink implements SessionLink {
  readonly #handlers: LinkHandlers;
  readonly #sessions: OfflineSessions;
  readonly #name: string;
  readonly #views: Views;
  readonly #unlisten: () => void;
  #turn: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(sessions: OfflineSessions, name: string, handlers: LinkHandlers) {
    this.#handlers = handlers;
    this.#sessions = sessions;
    this.#name = name;
    this.#views = createViews({
      session: () => sessions.named(name),
      post: (line) => this.#receive(line),
      onDue: () => this.#schedule(),
      isMerging: false,
    });
    this.#unlisten = sessions.listen(() => {
      this.#views.grow(name);
      this.#tellSession();
    });
    // Whoever connects has not got the link yet.
    queueMicrotask(() => {
      this.#tellSession();
      this.#handlers.onState({ phase: "open" });
    });
  }

  readonly subscribe = (view: number, what: ViewOf, filter: string, after: Seq): void => {
    this.#views.open(view, this.#name, { what, filter, after });
  };

  readonly unsubscribe = (view: number): void => this.#views.close(view);

  readonly retryNow = (): void => {};

  readonly close = (): void => {
    this.#isClosed = true;
    clearTimeout(this.#turn);
    this.#unlisten();
    this.#views.clear();
  };

  #tellSession(): void {
    if (!this.#isClosed) {
      this.#handlers.onSession(this.#sessions.named(this.#name).info());
    }
  }

  #schedule(): void {
    this.#turn ??= setTimeout(() => this.#takeTurn());
  }

  #takeTurn(): void {
    this.#turn = undefined;
    const view = this.#views.next();
    if (view !== undefined) {
      this.#views.step(view);
    }
    if (this.#views.isDue) {
      this.#schedule();
    }
  }

  #receive(line: ViewLine): void {
    const { view } = line;
    if (line.type === "frame") {
      const [cursor = 0, hits = 0] = line.words;
      const ids = line.words.subarray(HEAD_WORDS, HEAD_WORDS + hits);
      this.#handlers.onColumn({ view, cursor, ids, gone: line.words.subarray(HEAD_WORDS + hits) });
      // The view waits until its step is over.
      queueMicrotask(() => this.#views.allow(view));
    } else if (line.type !== "merged") {
      const offset = line.type === "invalid-filter" ? line.offset : 0;
      // Whoever subscribes does not expect an answer before that is done.
      queueMicrotask(() => this.#handlers.onInvalidFilter(view, line.message, offset));
    }
  }
}
