/**
 * Everything the hub and the page say to each other: the one file both sides import, with the subjects beside it.
 *
 * HTTP serves what is stored, the WebSocket what is new. Both are addressed by sequence number, which never
 * changes meaning within a session, so "after N" serves first load, growth, reconnect and an opened file alike.
 *
 * | request | answer |
 * |---|---|
 * | `GET /api/session` | {@link SessionInfo} |
 * | `GET /api/messages?after=N&limit=L` | {@link MessagePage}, ascending; L at most {@link MAX_ROWS} |
 * | `GET /api/messages?seqs=1,5,9` | {@link MessagePage}; numbers that do not exist are left out |
 * | `GET /api/messages/SEQ` | {@link MessageDetail}; `?memory=inline` puts values in shared memory in their places, where they fit |
 * | `GET /api/messages/SEQ/bytes` | the message exactly as it crossed; honours `Range: bytes=A-B` |
 * | `GET /api/messages/SEQ/find?text=T&where=document\|bytes&from=N` | {@link FindResult} (find.ts): where a text stands in it |
 * | `GET /api/messages/SEQ/memory/NAME` | what was in a {@link SharedMemoryCopy}; honours `Range: bytes=A-B` |
 * | `GET /api/events?after=ID` | {@link EventPage} |
 * | `GET /api/invocations?ids=1,5,9` | {@link InvocationPage}; ids that do not exist are left out |
 * | `GET /api/invocations/sorted?by=duration&descending=1&filter=F` | {@link SortedInvocations}: the first rows in another order |
 * | `GET /api/facets?list=messages\|invocations&filter=F&after=SEQ` | {@link FacetCounts}: what the rows have in common, a part at a time |
 * | `GET /api/invocations/ID` | {@link InvocationDetail} |
 * | `GET /api/invocations/ID/neighbours` | {@link NeighbouringCalls}: which calls it is worth comparing with |
 * | `GET /api/http` | {@link StrayHttp}: requests to workers' own HTTP servers that belong to no invocation |
 * | `GET /api/http/ID/request`, `…/response` | the body of an {@link HttpLeg}; honours `Range: bytes=A-B` |
 * | `GET /api/functions` | {@link FunctionInfo}[] |
 * | `GET /api/functions/totals` | {@link FunctionTotal}[], by name |
 * | `GET /api/functions/errors?name=NAME` | {@link FunctionError}[] of the functions of that name, the most frequent first |
 * | `GET /api/workers` | {@link WorkerInfo}[] |
 * | `GET /api/problems` | {@link Problems} |
 * | `GET /api/overview?from=NS&to=NS&buckets=N` | {@link Overview} |
 * | `GET /api/partly-searched?filter=F` | {@link PartlySearched}: what a search for free text leaves out |
 * | `GET /api/seen` | {@link SeenValues}, for completion |
 * | `GET /api/sessions` | {@link SessionSummary}[], newest first |
 * | `GET /api/sessions/NAME/functions` | {@link FunctionInfo}[] of another kept session, to compare with |
 * | `POST /api/sessions/NAME/open` | {@link OpenedSession}: the same server shows it under `?session=NAME` |
 * | `POST /api/sessions/NAME/rename` `{"name": NEW}` | {@link SessionSummary} |
 * | `POST /api/sessions/NAME/label` {@link SessionLabels} | {@link SessionSummary}; "" takes a label away |
 * | `DELETE /api/sessions/NAME` | 204 |
 * | `GET /api/pages` | {@link PageCounts}: how many listen, and how many may |
 * | `POST /api/exports` and below | a file for others, prepared and shown before it is taken: see export.ts |
 * | WebSocket `/api/live` | {@link ClientMessage} out, {@link ServerMessage} or binary columns in |
 *
 * Every GET and the WebSocket take `?session=NAME` for another kept session than the one the hub was started with. POST and
 * DELETE take `content-type: application/json` from the hub's own page only. A session that is recorded, or that the hub was
 * started with, is neither renamed, labelled nor deleted (409).
 *
 * Errors are {@link ErrorBody} with an HTTP status of 400, 403, 404, 405, 409, 413, 415, 416, 500 or 503 (it takes too long, or too much is asked at once).
 */

import type { ExportPolicy } from "./export.ts";
import type { ErrorCode } from "./inspector-error.ts";
import type { InterventionMessage } from "./intervention.ts";
import type { SessionChanges } from "./session-changes.ts";
import type { ConnectionInfo, GapInfo, Nanos, Seq, StreamInfo } from "./traffic.ts";

export * from "./facets.ts";
export * from "./invocations.ts";
export * from "./problems.ts";
export * from "./traffic.ts";
export * from "./workers.ts";

/** The page that was built against another version of this file says so instead of guessing. */
export const CONTRACT_VERSION = 1;

/** What a relay keeps of a journal that no hub has read. Beyond it the oldest part is given up, and a gap recorded. */
export const MAX_JOURNAL_BYTES = 4 * 1024 * 1024 * 1024;

/** The state of a session. A page gets it whole once, then its changes. */
export type SessionInfo = {
  readonly contract: number;
  readonly id: string;
  readonly file: string;
  /** "live" while a relay may still write to it, else "file". */
  readonly source: "live" | "file";
  /** Milliseconds since the Unix epoch, by the wall clock of the first relay. */
  readonly startedAt: number;
  /**
   * The session's time when this was said, by the relay's monotonic clock; absent in a file. What counts from it must not use the
   * wall clock: that one is set, and goes on while the machine sleeps. A change of it alone is not told.
   */
  readonly now?: Nanos;
  readonly version: string;
  /** How the file was redacted when it was exported; absent in a recording of one's own. */
  readonly redaction?: { readonly policy: ExportPolicy; readonly by: string };
  /** Where workers connect to, and where that is forwarded; absent in an opened file. */
  readonly listen?: string;
  readonly upstream?: string;
  readonly last: Seq;
  readonly bytes: number;
  /**
   * What it takes on the disk, text index and logs included, and its limit, in bytes; how many messages were given up
   * because of that: `bodiesDropped` have only a row left, `rowsDropped` older ones are gone.
   */
  readonly size: {
    readonly file: number;
    readonly max?: number;
    readonly bodiesDropped: number;
    readonly rowsDropped: number;
  };
  readonly gaps: GapInfo;
  /** Set while recording does not work right now ("no space left on device"); traffic passes all the same. */
  readonly recordingFault?: string;
  /** Bytes of journal that have not been read into the session yet; at most {@link MAX_JOURNAL_BYTES}. */
  readonly behind: number;
  /** How many problems of each severity are known so far; absent where nobody looks for them. */
  readonly problems?: { readonly errors: number; readonly warnings: number };
  /**
   * Free text is looked for in the payloads of the messages from `indexedFrom` to `indexed`, and in the line shown of all
   * others. Absent where there is no index. A view with free text does not run ahead of an index that grows.
   */
  readonly indexed?: Seq;
  readonly indexedFrom?: Seq;
  /** Those that are open and the newest, {@link MAX_STREAMS} at most, oldest first. */
  readonly streams: readonly StreamInfo[];
  /** How many streams there are, and how many of them are workers'. */
  readonly streamCount: number;
  readonly workerCount: number;
  /** The newest, {@link MAX_CONNECTIONS} at most, oldest first. */
  readonly connections: readonly ConnectionInfo[];
  readonly connectionCount: number;
};

/** What failed, with a code of inspector-error.ts and, where there is one, what to do. */
export type ErrorBody = {
  readonly error: { readonly code: ErrorCode; readonly message: string; readonly hint?: string };
};

/** What somebody has written about a session, in the session itself. */
export type SessionLabels = { readonly title?: string; readonly note?: string };

/** More is a document, and belongs beside the session. */
export const MAX_LABEL_CHARACTERS: Readonly<Record<keyof SessionLabels, number>> = { title: 200, note: 20_000 };

/** A kept session in a list. */
export type SessionSummary = SessionLabels & {
  readonly name: string;
  readonly startedAt: number;
  readonly modifiedAt: number;
  /** What it takes on the disk, text index and logs included. */
  readonly bytes: number;
  readonly messages: number;
  /** The name of the folder of its app, where a host told one; of the session that is recorded, these four may be absent. */
  readonly app?: string;
  /** From its beginning to its last message. */
  readonly length?: Nanos;
  /** The host's calls, and those of them that workers answered with Failure; replays are no calls. */
  readonly invocations?: number;
  readonly failures?: number;
  readonly isLive: boolean;
  readonly isCurrent: boolean;
};

/** Pages that listen over the WebSocket, and the views that they have open together. */
export type PageCounts = {
  readonly pages: number;
  readonly maxPages: number;
  readonly views: number;
  readonly maxViews: number;
};

/** The name under which a session is asked for. */
export type OpenedSession = { readonly name: string };

/** What the numbers of a view stand for, see {@link ServerMessage}. */
export type ViewOf = "messages" | "invocations" | "logs" | "lines";

/**
 * What the page sends. A view is a filtered column of sequence numbers under a number that the page chose; subscribing
 * again with the same number replaces it, and `after` resumes it.
 */
export type ClientMessage =
  | {
      readonly type: "subscribe";
      readonly view: number;
      /** "messages" unless said otherwise. The ids of "invocations" are those of invocations and start-up steps; "logs" are messages. */
      readonly what?: ViewOf;
      readonly filter: string;
      readonly after: Seq;
    }
  | { readonly type: "unsubscribe"; readonly view: number };

/**
 * What the hub sends as text. Columns come as binary frames: a little-endian Uint32Array of
 * `[view, cursor, hits, ...ids, ...gone]` where `hits` is the number of `ids`. `ids` are rows that match and are new or have changed since
 * (to be put in their place, or fetched anew), and `gone` are rows that have changed and do not match (any more). Of messages, ids are
 * sequence numbers; one changes when it is marked behind its time (held and then edited, dropped, swallowed), which is seldom: all other
 * ids are ascending and greater than any before. Of invocations, ids are their rows', which change with their messages.
 * `cursor` is the highest message that was looked at, so a view that is resumed `after: cursor` misses nothing and
 * repeats nothing even if nothing matched. Of "lines" ({@link LineRow}), `ids` are pairs of a line's number and its place: the number of the
 * first message that crossed no earlier, or of the one that will be next. Lines are told in the order of their time, places ascend,
 * `cursor` is the last event that was looked at, and nothing is ever gone. The first frame after a subscription is sent even when no row matches.
 */
export type ServerMessage =
  | InterventionMessage
  | { readonly type: "session"; readonly session: SessionInfo }
  | { readonly type: "session-changed"; readonly changes: SessionChanges }
  | { readonly type: "invalid-filter"; readonly view: number; readonly message: string; readonly offset: number }
  /** The hub ends the connection: too many pages are open, or this one does not read what it is sent. */
  | { readonly type: "refused"; readonly message: string };
