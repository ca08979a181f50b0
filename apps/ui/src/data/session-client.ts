import type { EventPage, MessageDetail, MessagePage, Seq, SessionInfo } from "@inspector/session";
import type { ColumnFrame } from "./column-frame.ts";

/** Whether news of the session reach the page. */
export type ConnectionState =
  | { readonly phase: "connecting" }
  | { readonly phase: "open" }
  /** Times are milliseconds since the Unix epoch; `lastSeenAt` is absent when the hub never answered. */
  | { readonly phase: "lost"; readonly lastSeenAt?: number; readonly retryAt: number }
  /** Trying again by itself would not help: the link is not valid (any more), or the page is of another version. */
  | { readonly phase: "refused"; readonly message: string; readonly hint: string };

/** What a {@link SessionLink} reports, in the order in which it came. */
export type LinkHandlers = {
  readonly onState: (state: ConnectionState) => void;
  readonly onSession: (session: SessionInfo) => void;
  readonly onColumn: (frame: ColumnFrame) => void;
  readonly onInvalidFilter: (view: number, message: string, offset: number) => void;
};

/** A standing connection that keeps its views up to date, across interruptions, until it is closed. */
export type SessionLink = {
  /** Starts a view, or resumes it behind `after`. */
  readonly subscribe: (view: number, filter: string, after: Seq) => void;
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

/** Where a session's content comes from. Every method rejects with {@link RequestError}. */
export type SessionClient = {
  readonly getSession: (signal?: AbortSignal) => Promise<SessionInfo>;
  /** Rows of the given numbers, ascending; those that do not exist are left out. At most MAX_ROWS numbers. */
  readonly getRows: (seqs: readonly Seq[], signal?: AbortSignal) => Promise<MessagePage>;
  readonly getDetail: (seq: Seq, signal?: AbortSignal) => Promise<MessageDetail>;
  /** Bytes `from` up to, not including, `to`; fewer where the message ends before. */
  readonly getBytes: (seq: Seq, from: number, to: number, signal?: AbortSignal) => Promise<ByteRange>;
  readonly getEvents: (after: number, signal?: AbortSignal) => Promise<EventPage>;
  readonly connect: (handlers: LinkHandlers) => SessionLink;
};
