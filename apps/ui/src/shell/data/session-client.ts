import type { FindResult, FindWhere } from "@inspector/contract/find";
import type { Holds, ReplayRun } from "@inspector/contract/intervention";
import type {
  EventPage,
  FacetCounts,
  FacetList,
  FunctionError,
  FunctionInfo,
  FunctionTotal,
  InvocationDetail,
  InvocationFailure,
  InvocationOrder,
  InvocationPage,
  LinePage,
  MessageDetail,
  MessagePage,
  Nanos,
  NeighbouringCalls,
  OpenedSession,
  Overview,
  PageCounts,
  PartlySearched,
  Problems,
  SeenValues,
  Seq,
  SessionInfo,
  SessionLabels,
  SessionSummary,
  SortedInvocations,
  StrayHttp,
  ViewOf,
  WorkerInfo,
} from "@inspector/contract/page";
import type { ColumnFrame } from "./column-frame.ts";
import type { ExportClient } from "./export-client.ts";
import type { InterventionClient } from "./intervention-client.ts";

/** Whether news of the session reach the page. */
export type ConnectionState =
  | { readonly phase: "connecting" }
  | { readonly phase: "open" }
  /** Times are milliseconds since the Unix epoch; `lastSeenAt` is absent when the hub never answered. */
  | { readonly phase: "lost"; readonly lastSeenAt?: number; readonly retryAt: number }
  /** Trying again by itself would not help: the link is not valid (any more), or the page is of another version. */
  | {
      readonly phase: "refused";
      readonly message: string;
      readonly hint: string;
      /** The hub is there, and has no session of that name. */
      readonly isSessionGone?: true;
    };

/** What a {@link SessionLink} reports, in the order in which it came. */
export type LinkHandlers = {
  readonly onState: (state: ConnectionState) => void;
  readonly onSession: (session: SessionInfo) => void;
  readonly onColumn: (frame: ColumnFrame) => void;
  readonly onInvalidFilter: (view: number, message: string, offset: number) => void;
  /** Replays that are new or have come further. */
  readonly onReplays?: (runs: readonly ReplayRun[]) => void;
  readonly onHolds?: (holds: Holds) => void;
  /** Rows of messages that are not any more what they were. */
  readonly onMarked?: (seqs: readonly Seq[]) => void;
};

/** A standing connection that keeps its views up to date, across interruptions, until it is closed. */
export type SessionLink = {
  /** Starts a view, or resumes it behind `after`. */
  readonly subscribe: (view: number, what: ViewOf, filter: string, after: Seq) => void;
  readonly unsubscribe: (view: number) => void;
  /** Does not wait for the next attempt's time. */
  readonly retryNow: () => void;
  readonly close: () => void;
};

/** Some bytes of one message as it crossed, and how many there are in all. */
export type ByteRange = { readonly bytes: Uint8Array; readonly total: number };

/** A request that the session's owner answered with an error, or did not answer. */
export class RequestError extends Error {
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly hint: string | undefined;

  constructor(message: string, status: number, hint?: string) {
    super(message);
    this.name = "RequestError";
    this.status = status;
    this.hint = hint;
  }
}

/** The stretch of a session to be summed up, in `buckets` parts; all of it where an end is left out. */
export type OverviewRange = { readonly from?: Nanos; readonly to?: Nanos; readonly buckets: number };

/** What a page without a hub does with the files that it is given. */
export type OfflinePage = {
  /** Shows another of its sessions, without leaving the page. */
  readonly show: (name: string) => void;
  /** Asks for a file to open. */
  readonly pick: () => void;
};

/** Where a session's content comes from. Every method rejects with {@link RequestError}. */
export type SessionClient = {
  readonly getSession: (signal?: AbortSignal) => Promise<SessionInfo>;
  /** Rows of the given numbers, ascending; those that do not exist are left out. At most MAX_ROWS numbers. */
  readonly getRows: (seqs: readonly Seq[], signal?: AbortSignal) => Promise<MessagePage>;
  /** Lines of the log that are no messages, by their numbers, in the order of their time. At most MAX_ROWS. */
  readonly getLines: (numbers: readonly number[], signal?: AbortSignal) => Promise<LinePage>;
  readonly getDetail: (seq: Seq, signal?: AbortSignal) => Promise<MessageDetail>;
  /** With values that were in shared memory in their places, where they are not too large for that. */
  readonly getInlined: (seq: Seq, signal?: AbortSignal) => Promise<MessageDetail>;
  /** What was in a map of shared memory that a message names. */
  readonly getSharedMemory: (
    seq: Seq,
    name: string,
    from: number,
    to: number,
    signal?: AbortSignal,
  ) => Promise<ByteRange>;
  /** Bytes `from` up to, not including, `to`; fewer where the message ends before. */
  readonly getBytes: (seq: Seq, from: number, to: number, signal?: AbortSignal) => Promise<ByteRange>;
  /** Where a text stands in a message: in what is shown of it decoded, or in its bytes; hits from number `from` on. */
  readonly findInMessage: (
    seq: Seq,
    text: string,
    where: FindWhere,
    from: number,
    signal?: AbortSignal,
  ) => Promise<FindResult>;
  /** Bytes of the body of an HTTP leg. */
  readonly getHttpBody: (
    leg: number,
    part: "request" | "response",
    from: number,
    to: number,
    signal?: AbortSignal,
  ) => Promise<ByteRange>;
  /** Invocations and start-up steps of the given ids, ascending; those that do not exist are left out. */
  readonly getInvocations: (ids: readonly Seq[], signal?: AbortSignal) => Promise<InvocationPage>;
  /** Ids of the first ones that pass a filter, in another order. */
  readonly getSorted: (order: InvocationOrder, filter: string, signal?: AbortSignal) => Promise<SortedInvocations>;
  /** What the rows of a list that pass a filter have in common: a part of them, those behind `after`. */
  readonly getFacets: (list: FacetList, filter: string, after: Seq, signal?: AbortSignal) => Promise<FacetCounts>;
  readonly getInvocation: (id: Seq, signal?: AbortSignal) => Promise<InvocationDetail>;
  /** Which calls of the same function an invocation is worth comparing with. */
  readonly getNeighbours: (id: Seq, signal?: AbortSignal) => Promise<NeighbouringCalls>;
  /** Of one that failed. */
  readonly getFailure: (id: Seq, signal?: AbortSignal) => Promise<InvocationFailure>;
  readonly getFunctions: (signal?: AbortSignal) => Promise<readonly FunctionInfo[]>;
  readonly getFunctionTotals: (signal?: AbortSignal) => Promise<readonly FunctionTotal[]>;
  readonly getFunctionErrors: (name: string, signal?: AbortSignal) => Promise<readonly FunctionError[]>;
  readonly getWorkers: (signal?: AbortSignal) => Promise<readonly WorkerInfo[]>;
  readonly getStrayHttp: (signal?: AbortSignal) => Promise<StrayHttp>;
  readonly getProblems: (signal?: AbortSignal) => Promise<Problems>;
  readonly getOverview: (range: OverviewRange, signal?: AbortSignal) => Promise<Overview>;
  readonly getPartlySearched: (filter: string, signal?: AbortSignal) => Promise<PartlySearched>;
  readonly getSeen: (signal?: AbortSignal) => Promise<SeenValues>;
  readonly getSessions: (signal?: AbortSignal) => Promise<readonly SessionSummary[]>;
  /** The functions of another session that is kept. */
  readonly getSessionFunctions: (name: string, signal?: AbortSignal) => Promise<readonly FunctionInfo[]>;
  readonly openSession: (name: string) => Promise<OpenedSession>;
  readonly renameSession: (name: string, next: string) => Promise<SessionSummary>;
  readonly labelSession: (name: string, labels: SessionLabels) => Promise<SessionSummary>;
  readonly deleteSession: (name: string) => Promise<void>;
  /** The pages that listen to the hub and their views, and how many there may be. */
  readonly getPages: (signal?: AbortSignal) => Promise<PageCounts>;
  readonly getEvents: (after: number, signal?: AbortSignal) => Promise<EventPage>;
  readonly interventions: InterventionClient;
  /** Absent where nobody prepares files. */
  readonly exports?: ExportClient;
  /** The same of another session of the hub; undefined stands for the one that it was started with. */
  readonly about: (session: string | undefined) => SessionClient;
  readonly connect: (handlers: LinkHandlers) => SessionLink;
  /**
   * Set where the page answers itself, without a hub: nothing is recorded, held, replayed or kept then.
   */
  readonly offline?: OfflinePage;
};
