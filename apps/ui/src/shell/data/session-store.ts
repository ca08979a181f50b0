import type { ReplayRun } from "@inspector/contract/intervention";
import type { InvocationRow, MessageRow, Seq, SessionEvent, SessionInfo, StepRow } from "@inspector/contract/page";
import { EventLog } from "./event-log.ts";
import { FilteredList, failuresFilter, type ListState } from "./filtered-list.ts";
import { FrameSignal, type Schedule } from "./frame-signal.ts";
import { InterventionLog } from "./intervention-log.ts";
import { type Interventions, NO_INTERVENTIONS } from "./interventions.ts";
import { RateMeter } from "./rate.ts";
import { RowCache } from "./row-cache.ts";
import type { ConnectionState, SessionClient, SessionLink, ViewOf } from "./session-client.ts";
import { SessionClock } from "./session-clock.ts";

/** The lists of the page; "failures" are those invocations of the filter that failed, "long" all that took, or take, long. */
export type ListName = ViewOf | "failures" | "long";

/** What may have been at work while all rows in sight were not. */
const LONG_FILTER = "dur:>60s OR is:inflight OR is:lost";

/** What the page knows besides rows; replaced, never changed in place. */
export type SessionState = {
  readonly connection: ConnectionState;
  readonly session: SessionInfo | undefined;
  readonly lists: Readonly<Record<ListName, ListState>>;
  readonly events: readonly SessionEvent[];
  readonly interventions: Interventions;
};

/** A line of the list of invocations. */
export type ExchangeRow = InvocationRow | StepRow;

/**
 * One session as the page sees it: owns the connection, the columns and the rows, and notifies React.
 *
 * Frames of the live connection change columns at once; React hears of it once a frame.
 */
export class SessionStore {
  readonly client: SessionClient;
  readonly rows: RowCache<MessageRow>;
  readonly exchanges: RowCache<ExchangeRow>;
  readonly rate = new RateMeter();
  readonly clock = new SessionClock();
  readonly signal: FrameSignal;
  readonly #lists: Readonly<Record<ListName, FilteredList>>;
  readonly #events: EventLog;
  readonly #interventions: InterventionLog;
  readonly #link: SessionLink;
  #state: SessionState;
  #lastViewId = 0;

  constructor(client: SessionClient, schedule: Schedule, filter: string) {
    this.client = client;
    this.rows = new RowCache(
      { fetch: async (seqs) => (await client.getRows(seqs)).rows, numberOf: ({ seq }) => seq },
      schedule,
    );
    this.exchanges = new RowCache(
      { fetch: async (ids) => (await client.getInvocations(ids)).rows, numberOf: ({ id }) => id },
      schedule,
    );
    this.signal = new FrameSignal(schedule);
    this.#events = new EventLog(client, (events) => this.#set({ events }));
    this.#interventions = new InterventionLog(client.interventions, (interventions) => this.#set({ interventions }));
    this.#link = client.connect({
      onState: (connection) => this.#changeConnection(connection),
      onSession: (session) => this.#changeSession(session),
      onColumn: (frame) => {
        for (const list of Object.values(this.#lists)) {
          if (list.receive(frame)) {
            break;
          }
        }
        this.rate.report(performance.now(), this.total);
      },
      onInvalidFilter: (id, message, offset) => {
        for (const list of Object.values(this.#lists)) {
          list.reject(id, message, offset);
        }
      },
      onReplays: (runs) => this.addRuns(runs),
      onMarked: (seqs) => this.rows.refresh(seqs),
      onHolds: (holds) => this.#interventions.takeHolds(holds),
    });
    this.#lists = {
      messages: this.#createList("messages", schedule, filter),
      invocations: this.#createList("invocations", schedule, filter),
      failures: this.#createList("invocations", schedule, failuresFilter(filter)),
      long: this.#createList("invocations", schedule, LONG_FILTER),
    };
    this.#state = {
      connection: { phase: "connecting" },
      session: undefined,
      lists: this.#listStates(),
      events: [],
      interventions: NO_INTERVENTIONS,
    };
  }

  readonly getState = (): SessionState => this.#state;

  /** Messages in the session, filtered or not, as far as is known here. */
  get total(): Seq {
    const { session, lists } = this.#state;
    return Math.max(session?.last ?? 0, lists.messages.view.column.cursor, lists.invocations.view.column.cursor);
  }

  /** Keeps a list up to date until the answer is called. */
  watch(name: ListName): () => void {
    const list = this.#lists[name];
    list.watch();
    return () => list.unwatch();
  }

  /** One filter for all lists. */
  setFilter(filter: string): void {
    this.#lists.messages.setFilter(filter);
    this.#lists.invocations.setFilter(filter);
    this.#lists.failures.setFilter(failuresFilter(filter));
  }

  /** Takes over what the hub says of replays, asked for or not. */
  addRuns(runs: readonly ReplayRun[]): void {
    this.#interventions.addRuns(runs);
  }

  /** Rejects with RequestError. */
  stopRule(id: number): Promise<void> {
    return this.#interventions.stopRule(id);
  }

  dismissRule(ended: number): void {
    this.#interventions.dismissRule(ended);
  }

  retryNow(): void {
    this.#link.retryNow();
  }

  close(): void {
    this.#link.close();
  }

  #createList(what: ViewOf, schedule: Schedule, filter: string): FilteredList {
    const options = {
      what,
      link: this.#link,
      schedule,
      nextViewId: () => ++this.#lastViewId,
      onChange: () => this.#set({ lists: this.#listStates() }),
      onRows: (ids: Uint32Array, gone: Uint32Array) => {
        if (what === "messages") {
          return;
        }
        this.exchanges.refresh(ids);
        this.exchanges.refresh(gone);
      },
    };
    return new FilteredList(options, filter);
  }

  #listStates(): SessionState["lists"] {
    const { messages, invocations, failures, long } = this.#lists;
    return {
      messages: messages.state,
      invocations: invocations.state,
      failures: failures.state,
      long: long.state,
    };
  }

  #changeConnection(connection: ConnectionState): void {
    this.#set({ connection });
    if (connection.phase === "lost") {
      this.clock.stop();
    }
    if (connection.phase !== "open") {
      return this.#interventions.lose();
    }
    this.rows.retry();
    this.exchanges.retry();
    if (this.#state.session?.source === "live") {
      void this.#interventions.load();
    }
  }

  #changeSession(session: SessionInfo): void {
    const isAnother = this.#state.session !== undefined && this.#state.session.id !== session.id;
    if (isAnother) {
      this.clock.reset();
    }
    if (session.now !== undefined) {
      this.clock.take(session.now);
    }
    this.#set({ session });
    if (isAnother) {
      this.#startOver();
    }
    this.rate.report(performance.now(), this.total);
    this.#events.refresh();
  }

  #startOver(): void {
    this.rows.clear();
    this.exchanges.clear();
    this.rate.reset();
    this.#events.clear();
    for (const list of Object.values(this.#lists)) {
      list.startOver();
    }
    this.#interventions.clear();
    this.#set({ events: [] });
  }

  #set(change: Partial<SessionState>): void {
    this.#state = { ...this.#state, ...change };
    this.signal.raise();
  }
}
