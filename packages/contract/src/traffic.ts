/** What crossed between a host and its workers: messages, streams, connections, and what happened to them. */
import type { Intervention } from "./intervention.ts";

/** Most rows one `GET /api/messages` answers with. */
export const MAX_ROWS = 1000;

/** A message larger than this is not decoded into one JSON document; its bytes are served in parts. */
export const MAX_DECODED_BYTES = 8 * 1024 * 1024;

/** Position of a message in its session: 1, 2, 3 … in the order in which messages crossed the relay. */
export type Seq = number;

/** Nanoseconds since the session began. Exact up to 104 days. */
export type Nanos = number;

/** Who sends: by role, whichever end opened the connection. */
export type Side = "host" | "worker";

/** How an answer says that it went, in the contract's words. */
export type Status = "Failure" | "Success" | "Cancelled";

/** A log's level, in the contract's words. None (6) is no level: such logs are not more severe than Critical. */
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
  /** {@link InvocationRow.id} of the invocation that it belongs to. */
  readonly invocation?: Seq;
  readonly functionId?: string;
  /** Name under which this worker loaded `functionId`, where the load or metadata message was seen. */
  readonly functionName?: string;
  readonly status?: Status;
  readonly level?: LogLevel;
  /** RpcLog.category, at most 200 characters. */
  readonly category?: string;
  /** A log of the worker's own: RpcLog.log_category is System. Of sessions recorded since 0.2. Present only when true. */
  readonly isSystem?: true;
  /** A line for people: a log's text, "GET /api/hello", an exception's message. At most 200 characters. */
  readonly text?: string;
  /** Present only when true. */
  readonly isCompressed?: true;
  /** The stream ended before the message was complete: what came is kept. */
  readonly isTruncated?: true;
  /** A strict parser refuses its bytes: see {@link MessageDetail}. Of messages up to 1 MiB, in sessions recorded since 0.2. */
  readonly isDamaged?: true;
  /** The body was given up to keep the session under `--max-size`. */
  readonly isBodyDropped?: true;
  /** Present where the inspector did something to it. */
  readonly intervention?: Intervention;
};

/** Rows, ascending, and the number of the last message that there is. */
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
  /**
   * Why there is no `message`: undecodable, another service, too large, dropped, truncated, compressed unknown. With a `message`: what a
   * strict parser refuses in it, and at which byte; that field is among the unknown ones.
   */
  readonly reason?: string;
  /** Sequence numbers of the messages of the same invocation, this one included, ascending; of more than 1000 the nearest. */
  readonly related: readonly Seq[];
  /** Of a message of an extension's call whose contract is known: what it is called, and what it says. */
  readonly extension?: {
    readonly name: string;
    /** proto3 JSON, unknown fields under "$unknown". */
    readonly message: unknown;
    /** The invocation that was given the message which this one settles. */
    readonly invocation?: Seq;
  };
  /** The shared memory that its values are in, as far as anything is known of it; absent where there is none. */
  readonly memory?: readonly SharedMemoryCopy[];
};

/** A value that host and worker handed each other in shared memory: what was in it when the message passed. */
export type SharedMemoryCopy = {
  /** Of the map, as the message says. */
  readonly name: string;
  /** Bytes of its content, and how many of them are in the session by now. */
  readonly size: number;
  readonly stored: number;
  /** Why there is no copy, or not all of it. */
  readonly problem?: string;
  /** The copy was given up to keep the session under `--max-size`. */
  readonly isDropped?: true;
};

/**
 * How a stream or connection came to its end, and on whose side it was seen. A call that the worker ended first, and that the host then
 * completed with status OK, was ended by the worker.
 */
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
  /** Set where the host opened the connection, as in separated compute; absent where the worker did. */
  readonly dialledBy?: "host";
  /** The first stream of its worker, where this one was opened beside it (MultiStream). */
  readonly worker?: number;
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

/** Events behind the one that was asked for, and the number of the last of them. */
export type EventPage = { readonly events: readonly SessionEvent[]; readonly last: number };

/** Most characters of {@link LineRow.text}. */
export const MAX_LINE_CHARS = 4000;

/**
 * A line of the session's log that is no message: what a process wrote, what host, processes and relay did ({@link SessionEvent}), and the
 * end of a stream.
 */
export type LineRow = {
  /** Names the line within its session, for ever. */
  readonly number: number;
  readonly at: Nanos;
  /** "stdout", "stderr", "stream-ended", or the type of the event. */
  readonly category: string;
  /** The line that was written, or the event in words; at most {@link MAX_LINE_CHARS} characters. */
  readonly text: string;
  /** What a process wrote has none. */
  readonly level?: LogLevel;
  /** {@link StreamInfo.id} of the worker's stream; the last one, where a worker opened several. */
  readonly stream?: number;
  readonly workerId?: string;
  /** {@link InvocationRow.id} of the invocation that it is about. */
  readonly invocation?: Seq;
  /** The worker wrote it for its host (isSystemLog of the event). Present only when true. */
  readonly isSystem?: true;
};

/** Lines by their numbers; those that do not exist are left out. */
export type LinePage = { readonly rows: readonly LineRow[] };

/** Traffic that went by unrecorded. */
export type GapInfo = {
  readonly count: number;
  readonly bytes: number;
  readonly lastAt?: Nanos;
  readonly reason?: string;
};

/** Density over time. Idle gaps are left out of the axis: `axis` says which time each bucket stands for. */
export type Overview = {
  readonly from: Nanos;
  readonly to: Nanos;
  readonly buckets: number;
  /** Stretches of session time that are shown, ascending; what lies between them is idle and collapsed. */
  readonly axis: readonly {
    readonly from: Nanos;
    readonly to: Nanos;
    readonly firstBucket: number;
    readonly lastBucket: number;
  }[];
  readonly lanes: readonly {
    readonly stream: number;
    readonly messages: readonly number[];
    readonly errors: readonly number[];
    readonly bytes: readonly number[];
  }[];
};

/** Free text is looked for in so many characters of each message: `count` messages may have more. */
export type PartlySearched = { readonly count: number; readonly characters: number };

/** Values that the session has, for completion. */
export type SeenValues = {
  readonly kinds: readonly string[];
  readonly functions: readonly string[];
  readonly triggers: readonly string[];
  readonly workers: readonly string[];
  readonly categories: readonly string[];
};
