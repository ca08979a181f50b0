import type { ReplayRun } from "@inspector/contract/intervention";
import type {
  InvocationRow,
  LineRow,
  MessageRow,
  Seq,
  SessionEvent,
  SessionInfo,
  StepRow,
  ViewOf,
} from "@inspector/contract/page";
import { Column } from "./column.ts";
import { EventLog } from "./event-log.ts";
import { FilteredList, failuresFilter, findFilter, type ListState } from "./filtered-list.ts";
import { type Due, FrameSignal, type Schedule } from "./frame-signal.ts";
import { isGrowth, isOtherContent, livesOf, type StreamLife } from "./growth.ts";
import { InterventionLog } from "./intervention-log.ts";
import { type Interventions, NO_INTERVENTIONS } from "./interventions.ts";
import { LineColumn } from "./line-column.ts";
import { RateMeter } from "./rate.ts";
import { RowCache } from "./row-cache.ts";
import type { ConnectionState, SessionClient, SessionLink } from "./session-client.ts";
import { SessionClock } from "./session-clock.ts";

/** Lists of lines, which have places among the messages. */
type LineListName = "lines" | "foundLines";

/**
 * The lists of the page; "failures" are those invocations of the filter that failed, "long" all that took, or take, long,
 * "foundLogs" and "foundLines" what a find in the log hits.
 */
export type ListName = ViewOf | "failures" | "long" | "foundLogs" | "foundLines";

/** Lists by their names: all are columns of rows, but for those of lines. */
type ByList<Of, Lines> = Readonly<Record<Exclude<ListName, LineListName>, Of>> & Readonly<Record<LineListName, Lines>>;

/** What may have been at work while all rows in sight were not. */
const LONG_FILTER = "dur:>60s OR is:inflight OR is:lost";

/** What the page knows besides rows; replaced, never changed in place. */
export type SessionState = {
  readonly connection: ConnectionState;
  readonly session: SessionInfo | undefined;
  /** Another number where what was worked out from the session may be another. */
  readonly revision: number;
  /** Its streams, another list only where something else than their counts changed. */
  readonly streams: readonly StreamLife[];
  readonly lists: ByList<ListState, ListState<LineColumn>>;
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
  /** By their numbers. */
  readonly lines: RowCache<LineRow>;
  readonly rate = new RateMeter();
  readonly clock = new SessionClock();
  readonly signal: FrameSignal;
  readonly #lists: ByList<FilteredList, FilteredList<LineColumn>>;
  readonly #events: EventLog;
  readonly #interventions: InterventionLog;
  readonly #link: SessionLink;
  #filter: string;
  /** What is looked for in the log. */
  #wanted = "";
  #state: SessionState;
  #wasLost = false;
  #lastViewId = 0;

  constructor(client: SessionClient, schedule: Schedule, filter: string) {
    this.client = client;
    this.#filter = filter;
    this.rows = new RowCache(
      { fetch: async (seqs) => (await client.getRows(seqs)).rows, numberOf: ({ seq }) => seq },
      schedule,
    );
    this.exchanges = new RowCache(
      { fetch: async (ids) => (await client.getInvocations(ids)).rows, numberOf: ({ id }) => id },
      schedule,
    );
    this.lines = new RowCache(
      { fetch: async (numbers) => (await client.getLines(numbers)).rows, numberOf: ({ number }) => number },
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
      logs: this.#createList("logs", schedule, filter),
      lines: this.#createLineList(schedule, filter),
      foundLogs: this.#createList("logs", schedule, filter),
      foundLines: this.#createLineList(schedule, filter),
    };
    this.#state = {
      connection: { phase: "connecting" },
      session: undefined,
      revision: 0,
      streams: [],
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

  /** What "foundLogs" and "foundLines" hold: what passes the filter, and has that text. */
  setFind(text: string): void {
    this.#wanted = text;
    const filter = findFilter(this.#filter, text);
    this.#lists.foundLogs.setFilter(filter);
    this.#lists.foundLines.setFilter(filter);
  }

  /** One filter for all lists. */
  setFilter(filter: string): void {
    this.#filter = filter;
    this.setFind(this.#wanted);
    this.#lists.messages.setFilter(filter);
    this.#lists.invocations.setFilter(filter);
    this.#lists.logs.setFilter(filter);
    this.#lists.lines.setFilter(filter);
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
    return new FilteredList({ ...this.#listOptions(what), createColumn: () => new Column(schedule) }, filter);
  }

  #createLineList(schedule: Schedule, filter: string): FilteredList<LineColumn> {
    return new FilteredList({ ...this.#listOptions("lines"), createColumn: () => new LineColumn(schedule) }, filter);
  }

  #listOptions(what: ViewOf) {
    return {
      what,
      link: this.#link,
      nextViewId: () => ++this.#lastViewId,
      onChange: () => this.#set({ lists: this.#listStates() }),
      onRows: (ids: Uint32Array, gone: Uint32Array) => {
        if (what === "invocations") {
          this.exchanges.refresh(ids);
          this.exchanges.refresh(gone);
          this.exchanges.expect(ids);
        } else if (what !== "lines") {
          this.rows.expect(ids);
        }
      },
    };
  }

  #listStates(): SessionState["lists"] {
    const { messages, invocations, failures, long, logs, lines, foundLogs, foundLines } = this.#lists;
    return {
      messages: messages.state,
      invocations: invocations.state,
      failures: failures.state,
      long: long.state,
      logs: logs.state,
      lines: lines.state,
      foundLogs: foundLogs.state,
      foundLines: foundLines.state,
    };
  }

  #changeConnection(connection: ConnectionState): void {
    this.#set({ connection });
    if (connection.phase === "lost") {
      this.#wasLost = true;
      this.clock.stop();
    }
    if (connection.phase !== "open") {
      return this.#interventions.lose();
    }
    if (this.#wasLost) {
      // What was asked for meanwhile was not answered.
      this.#wasLost = false;
      this.#set({ revision: this.#state.revision + 1 });
      this.#events.refresh();
    }
    this.rows.retry();
    this.exchanges.retry();
    this.lines.retry();
    if (this.#state.session?.source === "live") {
      void this.#interventions.load();
    }
  }

  #changeSession(session: SessionInfo): void {
    const before = this.#state.session;
    const isAnother = before !== undefined && before.id !== session.id;
    if (isAnother) {
      this.clock.reset();
    }
    if (session.now !== undefined) {
      this.clock.take(session.now);
    }
    const streams = livesOf(this.#state.streams, session.streams);
    const hasOnlyGrown = before !== undefined && streams === this.#state.streams && isGrowth(before, session);
    const isOther = before === undefined || isOtherContent(before, session);
    const revision = this.#state.revision + (isOther ? 1 : 0);
    this.#set({ session, revision, streams }, hasOnlyGrown ? "later" : "frame");
    if (isAnother) {
      this.#startOver();
    }
    this.rate.report(performance.now(), this.total);
    if (isOther) {
      this.#events.refresh(hasOnlyGrown ? "seldom" : "soon");
    }
  }

  #startOver(): void {
    this.rows.clear();
    this.exchanges.clear();
    this.lines.clear();
    this.rate.reset();
    this.#events.clear();
    for (const list of Object.values(this.#lists)) {
      list.startOver();
    }
    this.#interventions.clear();
    this.#set({ events: [] });
  }

  #set(change: Partial<SessionState>, due: Due = "frame"): void {
    this.#state = { ...this.#state, ...change };
    this.signal.raise(due);
  }
}
