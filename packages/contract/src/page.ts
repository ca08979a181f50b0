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
 * | `GET /api/messages/SEQ` | {@link MessageDetail}; `?memory=inline` puts values in shared memory in their places, where they fit |
 * | `GET /api/messages/SEQ/bytes` | the message exactly as it crossed; honours `Range: bytes=A-B` |
 * | `GET /api/messages/SEQ/find?text=T&where=document\|bytes&from=N` | {@link FindResult} (find.ts): where a text stands in it |
 * | `GET /api/messages/SEQ/memory/NAME` | what was in a {@link SharedMemoryCopy}; honours `Range: bytes=A-B` |
 * | `GET /api/events?after=ID` | {@link EventPage} |
 * | `GET /api/invocations?ids=1,5,9` | {@link InvocationPage}; ids that do not exist are left out |
 * | `GET /api/invocations/sorted?by=duration&descending=1&filter=F` | {@link SortedInvocations}: the first rows in another order |
 * | `GET /api/invocations/ID` | {@link InvocationDetail} |
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
import type { Intervention, InterventionMessage, ReplayMark } from "./intervention.ts";
import type { SessionChanges } from "./session-changes.ts";

/** The page that was built against another version of this file says so instead of guessing. */
export const CONTRACT_VERSION = 1;

/** Most rows one `GET /api/messages` answers with. */
export const MAX_ROWS = 1000;

/** Rows that are named of a list in another order than that in which they began: "the 1 000 slowest". */
export const MAX_SORTED = 1000;

/** Messages of one invocation that are named; one that has more says how many logs there are, and keeps its newest. */
export const MAX_INVOCATION_MESSAGES = 100_000;

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

/** Traffic that went by unrecorded. */
export type GapInfo = {
  readonly count: number;
  readonly bytes: number;
  readonly lastAt?: Nanos;
  readonly reason?: string;
};

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

/** Streams that a session's state names, however many it has: the state is sent whenever something is new. */
export const MAX_STREAMS = 200;
/** Connections that a session's state names, the newest. */
export const MAX_CONNECTIONS = 100;
/** Workers in a list of them, the newest. */
export const MAX_WORKERS = 200;

/** What failed, with a code of inspector-error.ts and, where there is one, what to do. */
export type ErrorBody = {
  readonly error: { readonly code: ErrorCode; readonly message: string; readonly hint?: string };
};

/**
 * How an invocation or a start-up step stands. "lost": its stream ended before the answer came. "dropped": the inspector held its
 * request and never let it go, so the worker knows nothing of it, and the host waits in vain.
 */
export type ExchangeState = "in-flight" | "success" | "failed" | "cancelled" | "lost" | "dropped" | "unknown";

/** A stretch of time for which somebody held a message, see {@link HoldRule}. */
export type HeldSpan = {
  readonly from: Nanos;
  /** Absent while it is held, and where its end was not recorded. */
  readonly to?: Nanos;
  /** It never reached its receiver. */
  readonly isDropped?: true;
};

/** One invocation: a request with its logs, cancel and response. */
export type InvocationRow = {
  readonly type: "invocation";
  /** Sequence number of its first message: the row's name for ever. */
  readonly id: Seq;
  readonly stream: number;
  readonly invocationId: string;
  /** 1 for the first use of this id in its stream; more where an id was used again. */
  readonly attempt: number;
  readonly functionId?: string;
  readonly functionName?: string;
  /** "http", "queue", "timer" …, from the function's bindings. */
  readonly trigger?: string;
  readonly startedAt?: Nanos;
  readonly answeredAt?: Nanos;
  /** For how long the worker had it: from request to answer, less the time for which its request was held. */
  readonly duration?: Nanos;
  /** Its messages that somebody held. */
  readonly held?: { readonly request?: HeldSpan; readonly answer?: HeldSpan };
  /** The inspector answered in the worker's place. */
  readonly isAnsweredHere?: true;
  readonly state: ExchangeState;
  /** The request in a line: "GET /api/hello". */
  readonly text?: string;
  /** The answer in a line: "200", an exception's message. */
  readonly result?: string;
  /** The status of its HTTP answer, which is another thing than `state`: a worker succeeds in answering 500. */
  readonly httpStatus?: number;
  readonly requestSize?: number;
  readonly responseSize?: number;
  readonly retryCount?: number;
  readonly logs: number;
  readonly errorLogs: number;
  /** Logs behind the response, which the host drops. */
  readonly lateLogs: number;
  readonly cancelledAt?: Nanos;
  /** Answers behind the first. */
  readonly extraAnswers: number;
  /** Its request was not seen. */
  readonly isOrphan?: true;
  /** The id was already in flight when it was used again. */
  readonly isOverlapping?: true;
  /** The inspector sent it; the host knows nothing of it. */
  readonly replay?: ReplayMark;
};

/** One step of a worker's start-up (or of its life), all its exchanges together. */
export type StepRow = {
  readonly type: "step";
  readonly id: Seq;
  readonly stream: number;
  readonly step: "start" | "init" | "index" | "load" | "warmup" | "reload" | "terminate";
  readonly startedAt?: Nanos;
  readonly answeredAt?: Nanos;
  /** Without the time for which it was held up. Absent until all of it is answered, and where a hold's end is not known. */
  readonly duration?: Nanos;
  /** When it stood still because somebody held its requests: while others of them were worked on it did not. Ascending, apart. */
  readonly held?: readonly { readonly from: Nanos; readonly to: Nanos }[];
  readonly state: ExchangeState;
  /** "15 capabilities", "9 functions", "8 of 9 loaded", the exception's message. */
  readonly text?: string;
  readonly size: number;
  readonly count: number;
  readonly failed: number;
};

/** Rows in the order in which they were asked for. */
export type InvocationPage = { readonly rows: readonly (InvocationRow | StepRow)[] };

/** Pauses that the detail of an invocation names, the longest. */
export const MAX_PAUSES = 12;

/** One invocation with the numbers of its messages. */
export type InvocationDetail = {
  readonly row: InvocationRow | StepRow;
  /** Where each message of it is; the payloads come from `/api/messages/SEQ`. */
  readonly request?: Seq;
  /** The request as the worker got it: another one where it was edited while it was held, absent where none reached the worker. */
  readonly heard?: Seq;
  readonly response?: Seq;
  readonly cancel?: Seq;
  readonly logs: readonly Seq[];
  /** Of each of `logs` the number of its level, a digit each; "-" for none. */
  readonly logLevels: string;
  /** All of them, ascending; beyond {@link MAX_INVOCATION_MESSAGES} the newest, and the request, cancel and answer. */
  readonly messages: readonly Seq[];
  /** Those of `messages` before which nothing crossed for longest, ascending, at most {@link MAX_PAUSES}. */
  readonly pauses: readonly Seq[];
  /** Ids of other rows that belong together: the same invocation id, or retries of the same message. */
  readonly others: readonly Seq[];
  /** What the host and the worker's own HTTP server said to each other, where that was recorded. */
  readonly http?: HttpLeg;
};

/** The part of an invocation that crosses beside the stream, over HTTP, with the capability HttpUri. */
export type HttpLeg = {
  readonly id: number;
  readonly request: HttpLegPart & { readonly method: string; readonly target: string };
  /** Absent until the worker answers. */
  readonly response?: HttpLegPart & { readonly status: number; readonly reason: string };
  /** Why it is not complete and never will be. */
  readonly lost?: string;
};

/** An {@link HttpLeg} of no invocation that was requested on the stream. */
export type StrayLeg = HttpLeg & {
  /** The id that it names in x-ms-invocation-id; absent where it names none. */
  readonly invocationId?: string;
};

/** HTTP requests of workers' servers that belong to no invocation. */
export type StrayHttp = {
  /** The newest, {@link MAX_STRAY_LEGS} at most, oldest first. Those of the last seconds of a live session may yet find their invocation. */
  readonly legs: readonly StrayLeg[];
  /** So many are among the newest requests, {@link MAX_LEGS_LOOKED_AT} of them, that are looked at. */
  readonly count: number;
};

/** Most of them that are listed. */
export const MAX_STRAY_LEGS = 200;
/** Most requests among which they are looked for. */
export const MAX_LEGS_LOOKED_AT = 2000;

/** A request or a response, as far as it has come. Times in nanoseconds of the session, sizes in bytes. */
export type HttpLegPart = {
  readonly at: Nanos;
  /** When its last byte came. */
  readonly endedAt?: Nanos;
  /** As they stood, in order; one character a byte. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Bytes of the body so far, without chunk borders, compressed where it was. */
  readonly size: number;
  /** The body was given up to keep the session under `--max-size`. */
  readonly isBodyDropped?: true;
};

/** A binding as the load request has it. */
export type BindingInfo = {
  readonly name: string;
  readonly type: string;
  readonly direction: "in" | "out" | "inout";
  readonly detail?: unknown;
};

/** A function as one worker loaded it. Times in nanoseconds, counted as {@link InvocationRow.duration} is. */
export type FunctionInfo = {
  readonly stream: number;
  readonly functionId: string;
  readonly name: string;
  readonly trigger?: string;
  readonly bindings: readonly BindingInfo[];
  readonly load: ExchangeState | "not-requested";
  readonly loadError?: string;
  /** Its worker's stream has ended. */
  readonly isWorkerGone?: true;
  /** The host's, answered or not; replays are no calls. */
  readonly calls: number;
  readonly failures: number;
  /** Calls that the worker answered with Success and an HTTP status of 500 or more. */
  readonly serverErrors: number;
  /** Those that the worker has, and that its stream's end took. Of what was dropped on its way to the worker it has nothing. */
  readonly inFlight: number;
  readonly lost: number;
  /** Of what the worker answered itself, without the time for which requests were held. */
  readonly p50?: Nanos;
  readonly p95?: Nanos;
  readonly max?: Nanos;
  readonly lastError?: { readonly text: string; readonly invocation: Seq; readonly at: Nanos };
  /** Durations of the newest calls, oldest first, at most 50: for a sparkline. */
  readonly recent: readonly Nanos[];
};

/** A function over all workers that loaded it, by its name; figures are those of all its calls together. */
export type FunctionTotal = Pick<
  FunctionInfo,
  | "name"
  | "trigger"
  | "bindings"
  | "calls"
  | "failures"
  | "serverErrors"
  | "inFlight"
  | "lost"
  | "p50"
  | "p95"
  | "max"
  | "lastError"
  | "recent"
> & {
  /** Of each worker: those that are there first, the newest first. */
  readonly workers: readonly FunctionInfo[];
};

/** Failures of one function that say the same, but for numbers and ids in it. */
export type FunctionError = {
  /** What one of them says. */
  readonly text: string;
  readonly count: number;
  readonly first: { readonly invocation: Seq; readonly at: Nanos };
  readonly last: { readonly invocation: Seq; readonly at: Nanos };
};

/** A process of a worker: how it was started, what it wrote last, and how it ended. */
export type ProcessInfo = {
  /** How long its host waits for one invocation (functionTimeout), where whoever started it knows. */
  readonly invocationLimit?: Nanos;
  readonly pid?: number;
  readonly argv?: readonly string[];
  readonly spawnedAt?: Nanos;
  readonly exitedAt?: Nanos;
  readonly exitCode?: number;
  readonly signal?: string;
  /** What a host that ended it did so for: "failed", "function-timeout", "stop". */
  readonly endedByHost?: string;
  /** Why it could not be started at all: "there is no command python (…)". */
  readonly failure?: string;
  /** The last lines of its output, at most 50. */
  readonly output: readonly { readonly at: Nanos; readonly stream: "stdout" | "stderr"; readonly text: string }[];
};

/** A capability and what it changes on the wire. */
export type CapabilityInfo = { readonly name: string; readonly value: string; readonly effect?: string };

/** A worker, by its stream. A process that never connected stands behind them, with a stream of negative number. */
export type WorkerInfo = {
  /** The first one of a worker with several, with the messages and bytes of all. */
  readonly stream: StreamInfo;
  /** Streams that the worker opened beside it (MultiStream); absent where there are none. */
  readonly moreStreams?: number;
  readonly process?: ProcessInfo;
  readonly hostVersion?: string;
  readonly workerVersion?: string;
  readonly hostCapabilities: readonly CapabilityInfo[];
  readonly workerCapabilities: readonly CapabilityInfo[];
  /** What the contract knows and this worker did not declare. */
  readonly undeclared: readonly CapabilityInfo[];
  /**
   * `limit` is how long the host waits for the step: as it is configured where that was recorded, else, with `isLimitDefault`, by the
   * host's defaults.
   */
  readonly steps: readonly (StepRow & { readonly limit?: Nanos; readonly isLimitDefault?: true })[];
  readonly invocations: number;
  readonly failures: number;
  /** Calls that the worker answered with Success and an HTTP status of 500 or more. */
  readonly serverErrors: number;
  readonly inFlight: number;
  /** Invocations that were in flight when the stream ended, and that nobody had cancelled. */
  readonly lost: number;
  readonly statusPings: { readonly count: number; readonly p50?: Nanos; readonly max?: Nanos };
  readonly verdict?: Verdict;
};

/** Why a worker died or never became ready, in one sentence. */
export type Verdict = {
  /** The form of the sentence, the same for all that end alike: "failed-load", "killed". */
  readonly kind: string;
  /** 0 where the process ended before it had a stream. */
  readonly stream: number;
  /** Where it is known: absent of a worker that never said who it is. */
  readonly workerId?: string;
  readonly sentence: string;
  /** What the worker or host itself said about it, as it stood; the line that names the cause comes first. */
  readonly quote?: string;
  /** Where it was in its life: steps of the start-up mean that it never became ready. */
  readonly step: StepRow["step"] | "invocation" | "idle";
  /** What to try. */
  readonly advice: string;
  readonly evidence: readonly Evidence[];
};

/** What a finding rests on: a message by its number, or an event by its. */
export type Evidence = { readonly label: string; readonly seq?: Seq; readonly event?: number };

/** A finding of one rule. */
export type Problem = {
  /** Unique in the session, the same each time it is found. */
  readonly id: string;
  /** The rule's name, "late-log". */
  readonly rule: string;
  readonly severity: "error" | "warning" | "info";
  readonly title: string;
  readonly at: Nanos;
  readonly stream?: number;
  readonly invocation?: Seq;
  readonly functionName?: string;
  /** What the host or worker does because of it. */
  readonly consequence: string;
  readonly advice: string;
  readonly quote?: string;
  readonly evidence: readonly Evidence[];
  /** How often the same was found; the evidence is the first time's, which was `at`. */
  readonly count: number;
  /** When it was found last, where that was later. */
  readonly lastAt?: Nanos;
};

/** All findings, and what they are of. */
export type Problems = {
  readonly problems: readonly Problem[];
  readonly verdicts: readonly Verdict[];
  readonly through: Seq;
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

/** What invocations and start-up steps can be sorted by; by status the failed ones are the largest. */
export const SORT_KEYS = ["time", "status", "duration", "size", "logs"] as const;

export type InvocationOrder = { readonly by: (typeof SORT_KEYS)[number]; readonly isDescending: boolean };

/** Ids of the first rows that match, in the order that was asked for; `isCut` when there are {@link MAX_SORTED}, and there may be more. */
export type SortedInvocations = { readonly ids: readonly Seq[]; readonly isCut: boolean };

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

/** What somebody has written about a session, in the session itself. */
export type SessionLabels = { readonly title?: string; readonly note?: string };

/** More is a document, and belongs beside the session. */
export const MAX_LABEL_CHARACTERS: Readonly<Record<keyof SessionLabels, number>> = { title: 200, note: 20_000 };

/** A kept session in a list. */
export type SessionSummary = SessionLabels & {
  readonly name: string;
  readonly startedAt: number;
  readonly modifiedAt: number;
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

/**
 * What the page sends. A view is a filtered column of sequence numbers under a number that the page chose; subscribing
 * again with the same number replaces it, and `after` resumes it.
 */
export type ClientMessage =
  | {
      readonly type: "subscribe";
      readonly view: number;
      /** "messages" unless said otherwise. The ids of "invocations" are those of invocations and start-up steps. */
      readonly what?: "messages" | "invocations";
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
 * repeats nothing even if nothing matched. The first frame after a subscription is sent even when no row matches.
 */
export type ServerMessage =
  | InterventionMessage
  | { readonly type: "session"; readonly session: SessionInfo }
  | { readonly type: "session-changed"; readonly changes: SessionChanges }
  | { readonly type: "invalid-filter"; readonly view: number; readonly message: string; readonly offset: number }
  /** The hub ends the connection: too many pages are open, or this one does not read what it is sent. */
  | { readonly type: "refused"; readonly message: string };
