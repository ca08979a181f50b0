/**
 * Everything the hub and the page say to each other: the one file both sides import.
 *
 * HTTP serves what is stored, the WebSocket what is new. Both are addressed by sequence number, which never
 * changes meaning within a session, so "after N" serves first load, growth, reconnect and an opened file alike.
 *
 * | request | answer |
 * |---|---|
 * | `GET /api/session` | {@link SessionInfo} |
 * | `GET /api/messages?after=N&limit=L` | {@link MessagePage}, ascending; L at most {@link MAX_ROWS} |
 * | `GET /api/messages?seqs=1,5,9` | {@link MessagePage}; numbers that do not exist are left out |
 * | `GET /api/messages/SEQ` | {@link MessageDetail} |
 * | `GET /api/messages/SEQ/bytes` | the message exactly as it crossed; honours `Range: bytes=A-B` |
 * | `GET /api/events?after=ID` | {@link EventPage} |
 * | WebSocket `/api/live` | {@link ClientMessage} out, {@link ServerMessage} or binary columns in |
 *
 * Errors are {@link ErrorBody} with an HTTP status of 400, 403, 404, 416 or 500.
 */

/** The page that was built against another version of this file says so instead of guessing. */
export const CONTRACT_VERSION = 1;

/** Most rows one `GET /api/messages` answers with. */
export const MAX_ROWS = 1000;

/** A message larger than this is not decoded into one JSON document; its bytes are served in parts. */
export const MAX_DECODED_BYTES = 8 * 1024 * 1024;

/** Position of a message in its session: 1, 2, 3 … in the order in which messages crossed the relay. */
export type Seq = number;

/** Nanoseconds since the session began. Exact up to 104 days. */
export type Nanos = number;

export type Side = "host" | "worker";

export type Status = "Failure" | "Success" | "Cancelled";

export type LogLevel = "Trace" | "Debug" | "Information" | "Warning" | "Error" | "Critical" | "None";

/** What a list shows of one gRPC message, without its payload. */
export type MessageRow = {
  readonly seq: Seq;
  readonly at: Nanos;
  /** {@link StreamInfo.id} */
  readonly stream: number;
  readonly from: Side;
  /**
   * The contract's field name of the content ("invocation_request"); "" for an envelope without content;
   * "#40" for content of an unknown field number; "undecodable" for bytes that are no StreamingMessage;
   * and the method ("Settlement/Complete") for a call of another service on the same port.
   */
  readonly kind: string;
  /** Bytes of the message as it crossed, without the 5-byte gRPC prefix (compressed size where compressed). */
  readonly size: number;
  readonly requestId?: string;
  readonly invocationId?: string;
  readonly functionId?: string;
  /** Name under which this worker loaded `functionId`, where the load or metadata message was seen. */
  readonly functionName?: string;
  readonly status?: Status;
  readonly level?: LogLevel;
  /** A line for people: a log's text, "GET /api/hello", an exception's message. At most 200 characters. */
  readonly text?: string;
  /** Present only when true. */
  readonly isCompressed?: true;
  /** The stream ended before the message was complete: what came is kept. */
  readonly isTruncated?: true;
  /** The body was given up to keep the session under `--max-size`. */
  readonly isBodyDropped?: true;
};

export type MessagePage = {
  readonly rows: readonly MessageRow[];
  /** Highest sequence number in the session at the time of the answer; 0 when it is empty. */
  readonly last: Seq;
};

/** One message with its payload. */
export type MessageDetail = {
  readonly row: MessageRow;
  /**
   * proto3 JSON of the StreamingMessage, int64 as strings, unknown fields under "$unknown" (base64 of the fields as
   * they stood on the wire); absent when there is none: see `reason`.
   */
  readonly message?: unknown;
  /** Why there is no `message`: undecodable, another service, too large, dropped, truncated, compressed unknown. */
  readonly reason?: string;
  /** Sequence numbers of the messages of the same invocation, this one included, ascending; at most 1000. */
  readonly related: readonly Seq[];
};

/** How a stream or connection came to its end, and on whose side it was seen. */
export type EndInfo = {
  readonly by: Side | "relay";
  /** "end" is END_STREAM or FIN; "reset" RST_STREAM or TCP reset; "lost" a connection that ended under an open stream. */
  readonly how: "end" | "reset" | "lost";
  readonly grpcStatus?: number;
  readonly grpcMessage?: string;
  /** HTTP/2 error code of RST_STREAM or GOAWAY, or the system's ("ECONNRESET"). */
  readonly code?: number | string;
};

/** One gRPC call: usually an EventStream, which is one worker's whole conversation with the host. */
export type StreamInfo = {
  readonly id: number;
  readonly connection: number;
  /** Full path of the method, "/AzureFunctionsRpcMessages.FunctionRpc/EventStream". */
  readonly path: string;
  readonly openedAt: Nanos;
  readonly endedAt?: Nanos;
  readonly end?: EndInfo;
  /** From StartStream. */
  readonly workerId?: string;
  /** From WorkerInitResponse or the process that was started: "node", "python", … */
  readonly runtime?: string;
  readonly runtimeVersion?: string;
  /** How far the start-up has come: what the worker last completed. */
  readonly phase: "connected" | "started" | "initialized" | "loaded" | "ended" | "failed";
  readonly messages: number;
  readonly bytes: number;
};

/** One TCP connection through the relay. */
export type ConnectionInfo = {
  readonly id: number;
  readonly openedAt: Nanos;
  readonly closedAt?: Nanos;
  readonly protocol: "http2" | "unreadable" | "unknown";
  /** Why it could not be read, or why it was refused. */
  readonly reason?: string;
  readonly end?: EndInfo;
};

/** Something that happened beside the messages: a gap, an unreachable host, a process that exited. */
export type SessionEvent = {
  readonly id: number;
  readonly at: Nanos;
  readonly from: Side | "relay";
  readonly connection?: number;
  /** See docs/recording-format.md for the types and their details. */
  readonly type: string;
  readonly detail: Readonly<Record<string, unknown>>;
};

export type EventPage = { readonly events: readonly SessionEvent[]; readonly last: number };

/** Traffic that went by unrecorded. */
export type GapInfo = {
  readonly count: number;
  readonly bytes: number;
  readonly lastAt?: Nanos;
  readonly reason?: string;
};

export type SessionInfo = {
  readonly contract: number;
  readonly id: string;
  readonly file: string;
  /** "live" while a relay may still write to it, else "file". */
  readonly source: "live" | "file";
  /** Milliseconds since the Unix epoch, by the wall clock of the first relay. */
  readonly startedAt: number;
  readonly version: string;
  /** Where workers connect to, and where that is forwarded; absent in an opened file. */
  readonly listen?: string;
  readonly upstream?: string;
  readonly last: Seq;
  readonly bytes: number;
  readonly size: { readonly file: number; readonly max?: number; readonly bodiesDropped: number };
  readonly gaps: GapInfo;
  /** Set while recording does not work right now ("no space left on device"); traffic passes all the same. */
  readonly recordingFault?: string;
  /** Bytes of journal that have not been read into the session yet. */
  readonly behind: number;
  readonly streams: readonly StreamInfo[];
  readonly connections: readonly ConnectionInfo[];
};

export type ErrorBody = { readonly error: { readonly code: string; readonly message: string; readonly hint?: string } };

/**
 * What the page sends. A view is a filtered column of sequence numbers under a number that the page chose; subscribing
 * again with the same number replaces it, and `after` resumes it.
 */
export type ClientMessage =
  | { readonly type: "subscribe"; readonly view: number; readonly filter: string; readonly after: Seq }
  | { readonly type: "unsubscribe"; readonly view: number };

/**
 * What the hub sends as text. Columns come as binary frames: a little-endian Uint32Array of
 * `[view, cursor, ...seqs]` with ascending `seqs`, all greater than the cursor before. `cursor` is the highest number that was
 * looked at, so a view that is resumed `after: cursor` misses nothing and repeats nothing even if nothing matched.
 * The first frame after a subscription is sent even when no row matches.
 */
export type ServerMessage =
  | { readonly type: "session"; readonly session: SessionInfo }
  | { readonly type: "invalid-filter"; readonly view: number; readonly message: string; readonly offset: number };
