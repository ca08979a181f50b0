import type { Seq, SessionEvent, SessionInfo } from "@inspector/session";
import { Column } from "./column.ts";
import type { ColumnFrame } from "./column-frame.ts";
import { EventLog } from "./event-log.ts";
import { FrameSignal, type Schedule } from "./frame-signal.ts";
import { RateMeter } from "./rate.ts";
import { RowCache } from "./row-cache.ts";
import type { ConnectionState, SessionClient, SessionLink } from "./session-client.ts";

/** A filter and the rows that pass it. A new filter is a new view with a number and a column of its own. */
export type View = { readonly id: number; readonly filter: string; readonly column: Column };

export type FilterError = { readonly filter: string; readonly message: string; readonly offset: number };

/** What the page knows besides rows; replaced, never changed in place. */
export type SessionState = {
  readonly connection: ConnectionState;
  readonly session: SessionInfo | undefined;
  /** The last view that worked: it stays while a newer filter is looked at or turns out to be wrong. */
  readonly view: View;
  /** False until the hub said for the first time what passes the view's filter. */
  readonly isViewReady: boolean;
  readonly isFiltering: boolean;
  readonly filterError: FilterError | undefined;
  readonly events: readonly SessionEvent[];
};

/**
 * One session as the page sees it: owns the connection, the columns and the rows, and tells React.
 *
 * Frames of the live connection change columns at once; React hears of it once a frame.
 */
export class SessionStore {
  readonly client: SessionClient;
  readonly rows: RowCache;
  readonly rate = new RateMeter();
  readonly signal: FrameSignal;
  readonly #schedule: Schedule;
  readonly #events: EventLog;
  readonly #link: SessionLink;
  #state: SessionState;
  #candidate: View | undefined;
  #lastViewId = 0;

  constructor(client: SessionClient, schedule: Schedule, filter: string) {
    this.client = client;
    this.#schedule = schedule;
    this.rows = new RowCache(client, schedule);
    this.signal = new FrameSignal(schedule);
    this.#events = new EventLog(client, (events) => this.#set({ events }));
    const view = this.#createView(filter);
    this.#state = {
      connection: { phase: "connecting" },
      session: undefined,
      view,
      isViewReady: false,
      isFiltering: false,
      filterError: undefined,
      events: [],
    };
    this.#link = client.connect({
      onState: (connection) => this.#changeConnection(connection),
      onSession: (session) => this.#changeSession(session),
      onColumn: (frame) => this.#addColumn(frame),
      onInvalidFilter: (id, message, offset) => this.#rejectFilter(id, message, offset),
    });
    this.#link.subscribe(view.id, "messages", filter, 0);
  }

  readonly getState = (): SessionState => this.#state;

  /** Messages in the session, filtered or not, as far as is known here. */
  get total(): Seq {
    return Math.max(this.#state.session?.last ?? 0, this.#state.view.column.cursor);
  }

  /** Looks for what passes `filter`; until the answer is there, or if the filter is wrong, the view stays as it is. */
  setFilter(filter: string): void {
    if (this.#candidate?.filter === filter) return;
    this.#dropCandidate();
    if (filter === this.#state.view.filter) {
      this.#set({ isFiltering: false, filterError: undefined });
      return;
    }
    this.#candidate = this.#createView(filter);
    this.#set({ isFiltering: true });
    this.#link.subscribe(this.#candidate.id, "messages", filter, 0);
  }

  retryNow(): void {
    this.#link.retryNow();
  }

  close(): void {
    this.#link.close();
  }

  #changeConnection(connection: ConnectionState): void {
    this.#set({ connection });
    if (connection.phase === "open") this.rows.retry();
  }

  #changeSession(session: SessionInfo): void {
    const isAnother = this.#state.session !== undefined && this.#state.session.id !== session.id;
    this.#set({ session });
    if (isAnother) this.#startOver();
    this.rate.report(Date.now(), this.total);
    this.#events.refresh();
  }

  /** Numbers of the old session mean nothing in the new one. */
  #startOver(): void {
    const { view } = this.#state;
    this.rows.clear();
    this.rate.reset();
    this.#events.clear();
    this.#dropCandidate();
    this.#link.unsubscribe(view.id);
    const fresh = this.#createView(view.filter);
    this.#set({ view: fresh, isViewReady: false, isFiltering: false, filterError: undefined, events: [] });
    this.#link.subscribe(fresh.id, "messages", fresh.filter, 0);
  }

  #addColumn(frame: ColumnFrame): void {
    if (frame.view === this.#candidate?.id) this.#promote(this.#candidate);
    const { view } = this.#state;
    if (frame.view !== view.id) return;
    view.column.append(frame.ids, frame.cursor);
    if (!this.#state.isViewReady) this.#set({ isViewReady: true });
    this.rate.report(Date.now(), this.total);
  }

  #promote(candidate: View): void {
    this.#link.unsubscribe(this.#state.view.id);
    this.#candidate = undefined;
    this.#set({ view: candidate, isViewReady: true, isFiltering: false, filterError: undefined });
  }

  #rejectFilter(id: number, message: string, offset: number): void {
    const rejected = id === this.#candidate?.id ? this.#candidate : this.#state.view;
    if (rejected.id !== id) return;
    this.#set({ isFiltering: false, filterError: { filter: rejected.filter, message, offset } });
    if (rejected === this.#candidate) this.#dropCandidate();
    else this.#showEverything(rejected);
  }

  /** The filter of a followed link was wrong, so there is no last good result to keep. */
  #showEverything(rejected: View): void {
    this.#link.unsubscribe(rejected.id);
    const view = this.#createView("");
    this.#set({ view, isViewReady: false });
    this.#link.subscribe(view.id, "messages", "", 0);
  }

  #dropCandidate(): void {
    if (this.#candidate) this.#link.unsubscribe(this.#candidate.id);
    this.#candidate = undefined;
  }

  #createView(filter: string): View {
    return { id: ++this.#lastViewId, filter, column: new Column(this.#schedule) };
  }

  #set(change: Partial<SessionState>): void {
    this.#state = { ...this.#state, ...change };
    this.signal.raise();
  }
}
