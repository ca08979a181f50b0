/**
 * What the page asks of the hub when somebody replays or holds, and what it is told. Beside contract.ts, which has the rest.
 *
 * | request | answer |
 * |---|---|
 * | `POST /api/replays/check` {@link ReplayOrder} | {@link ReplayCheck}: what would be sent, and what to know before |
 * | `POST /api/replays` {@link ReplayOrder} | {@link ReplayRun}, 201 |
 * | `GET /api/replays` | {@link ReplayRun}[], newest first |
 * | `GET /api/replays/room` | {@link ReplayRoomUse} |
 * | `GET /api/replays/ID` | {@link ReplayRun} |
 * | `POST /api/replays/ID/cancel` | {@link ReplayRun}: nothing more is sent; what is in flight is cancelled where the worker can |
 * | `GET /api/holds` | {@link Holds} |
 * | `GET /api/holds/ID` | {@link HeldMessage}, with what it says; 409 where it is not held any more |
 * | `POST /api/holds/rules` {@link HoldRuleOrder} | {@link HoldRule}, 201: what matches is held, or answered at once where the rule has an answer |
 * | `DELETE /api/holds/rules/ID` | 204: what it held, or was about to answer, is released, in order |
 * | `POST /api/holds/ID/release` {@link ReleaseOrder} | 204; 409 where it is not held any more |
 *
 * Replays and holds are of the live session only; elsewhere they are answered with 409.
 */
import type { Nanos, Seq, Side, Status } from "./traffic.ts";

/** How long a message is held unless its rule says otherwise: the host's own default for a function. */
export const HOLD_LIMIT_MS = 300_000;

/** An invocation that is to be sent to a live worker. */
export type ReplayOrder = {
  /** The live {@link StreamInfo.id} whose worker is to answer. */
  readonly stream: number;
  /** The recorded InvocationRequest. `session` names another kept session than the live one. */
  readonly source: { readonly session?: string; readonly seq: Seq };
  /**
   * The StreamingMessage to send instead, as proto3 JSON ({@link MessageDetail.message}). Absent: the recorded one, byte
   * for byte except for the ids and the trace context.
   */
  readonly message?: unknown;
  /** The request to send over HTTP instead of the recorded one, where the worker takes those on a server of its own. */
  readonly http?: ReplayHttpRequest;
  /** 1 unless said otherwise; at most 10 000. */
  readonly times?: number;
  /** How many a second; absent: each after the answer of the one before. */
  readonly perSecond?: number;
  /** When a replay without an answer is given up (and cancelled where the worker can). 60 000 unless said otherwise. */
  readonly timeoutMs?: number;
};

/** The part of a replay that goes beside the stream; see {@link HttpLeg}. Id, host and lengths are put right when it is sent. */
export type ReplayHttpRequest = {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Base64, "" for none; absent: the recorded one. */
  readonly body?: string;
};

/** Why a replay may not be what was recorded. */
export type ReplayConcern = {
  /** "error" keeps it from being sent. */
  readonly severity: "error" | "warning" | "info";
  /** The rule's name: "function-not-loaded", "dotnet-trace-context", "side-effects" … */
  readonly rule: string;
  readonly message: string;
  /** JSON path into the message, where it is about a part of it: "invocationRequest.inputData[0].data". */
  readonly path?: string;
};

/** What a replay would send. */
export type ReplayCheck = {
  readonly concerns: readonly ReplayConcern[];
  /** The message with the worker's own function id, a fresh invocation id and trace context, as proto3 JSON. */
  readonly message?: unknown;
  /** The request that goes with it over HTTP, without its body; absent where there is none. */
  readonly http?: ReplayHttpRequest;
};

/** What came of one replay. */
export type ReplayResult = {
  /** 1, 2, 3 … within its run. */
  readonly n: number;
  readonly invocationId: string;
  /** {@link InvocationRow.id} in the live session, once it is recorded. */
  readonly invocation?: Seq;
  readonly state: "sending" | "in-flight" | "success" | "failed" | "timed-out" | "cancelled" | "lost" | "not-sent";
  /** Why it was not sent, or what the worker said. */
  readonly text?: string;
  readonly duration?: Nanos;
};

/** Several replays of one message, as the page follows them. */
export type ReplayRun = {
  readonly id: number;
  readonly stream: number;
  readonly source: ReplayOrder["source"];
  readonly isEdited: boolean;
  readonly functionName?: string;
  readonly startedAt: Nanos;
  readonly times: number;
  /** How long each is waited for. */
  readonly timeoutMs: number;
  readonly state: "running" | "done" | "cancelled";
  /**
   * It has more to send, and waits: 128 MiB of replays have not begun to leave, 10 000 are not answered, 200 requests over
   * HTTP are under way (all of them over all runs), or the relay does not keep up.
   */
  readonly isWaiting?: true;
  readonly results: readonly ReplayResult[];
};

/** How an invocation row says that it is a replay. */
export type ReplayMark = { readonly run: number; readonly n: number; readonly isEdited: boolean };

/** What the inspector did to a message, as {@link MessageRow.intervention}. "swallowed" never reached the other side. */
export type Intervention = "injected" | "swallowed" | "replaced" | "held" | "dropped";

/**
 * Which messages are held. All that is given must match; of one stream, or of every EventStream. Of several rules that match
 * a message, the oldest takes it.
 */
export type HoldRuleOrder = {
  readonly stream?: number;
  readonly from: Side;
  /** {@link MessageRow.kind}s; absent or empty: invocation_request and invocation_response. */
  readonly kinds?: readonly string[];
  /** Names of functions; of responses, those of the invocation they belong to. */
  readonly functions?: readonly string[];
  /** In the filter language, over the message row; a message that it does not match goes on. */
  readonly filter?: string;
  /**
   * How long each message is held at most, in milliseconds; then it goes on by itself, whatever happens to the hub. 300 000
   * unless said otherwise, the host's own default for a function. Rules with an answer have a limit of their own.
   */
  readonly limitMs?: number;
  /** Present: nobody is waited for. Takes `from: "host"` and no other kind than invocation_request. */
  readonly answer?: HoldAnswer;
};

/**
 * What the host gets in the worker's place, which sees nothing of the invocation. A request without an invocation id is not
 * answered, nor is one too large to be shown where there is a filter, since nobody knows whether it matches: those go on.
 */
export type HoldAnswer = {
  /**
   * A StreamingMessage with invocationResponse, as proto3 JSON. It is sent as it is written, under the invocation id of the
   * request it answers.
   */
  readonly message: unknown;
  /** How long the host waits for it; 0 unless said otherwise. */
  readonly delayMs?: number;
  /** How many are answered until the rule ends by itself; absent: all, until it is taken away. */
  readonly times?: number;
};

/** A rule that holds messages, or answers them, with what it has done so far. */
export type HoldRule = Omit<HoldRuleOrder, "answer" | "limitMs"> & {
  readonly id: number;
  /** How many it has held for somebody to decide on. */
  readonly held: number;
  /** How long each message is held at most. */
  readonly limitMs: number;
  readonly passed: PassedCounts;
  /** Present where it answers. */
  readonly answer?: AnswerProgress;
};

/** How many messages went on by themselves though a rule matched them. */
export type PassedCounts = {
  /** There was no room to hold them: see {@link HoldRoom}. */
  readonly noRoom: number;
  /** The hub did not say within three seconds whether the rule's filter matches. */
  readonly noVerdict: number;
  /** They had been held for as long as the rule allows. */
  readonly tooLong: number;
};

/** What held messages take in the relay, over all rules and connections, in bytes. */
export type HoldRoom = {
  readonly bytes: number;
  readonly maxBytes: number;
  readonly messages: number;
  readonly maxMessages: number;
  /** There was no room: whatever rules match passes, until half of it is free again. */
  readonly isPaused: boolean;
};

/** What replays take that are not done, over all runs. A run that finds no room waits, and falls behind its rate. */
export type ReplayRoomUse = {
  /** Given to relays, which have not begun to send it. */
  readonly queuedBytes: number;
  readonly maxQueuedBytes: number;
  /** Replays that nobody has answered yet. */
  readonly unanswered: number;
  readonly maxUnanswered: number;
};

/** How many a rule has answered, and how many it is to answer. */
export type AnswerProgress = Omit<HoldAnswer, "message"> & {
  /** What it answers, as a row would say it. */
  readonly status?: Status;
  readonly text?: string;
  readonly answered: number;
  /** Requests that are held until their answer is sent. */
  readonly waiting: number;
};

/** A message that waits for somebody to decide. */
export type HeldMessage = {
  readonly id: number;
  readonly rule: number;
  readonly stream: number;
  readonly from: Side;
  readonly kind: string;
  readonly size: number;
  readonly invocationId?: string;
  readonly functionName?: string;
  readonly text?: string;
  readonly heldAt: Nanos;
  /** When its rule's limit is over and it goes on by itself. */
  readonly goesOnAt: Nanos;
  /** What the host's own clock allows, counted from `heldAt`: after this it gives the invocation or the worker up. */
  readonly limit?: Nanos;
  /** The message, as proto3 JSON. */
  readonly message?: unknown;
  /** `message` was left out of a list that would have been too long. */
  readonly isApart?: boolean;
  /** Messages of the same invocation that wait behind it. */
  readonly queued: number;
};

/** All rules, and what they hold. */
export type Holds = {
  readonly rules: readonly HoldRule[];
  readonly held: readonly HeldMessage[];
  /** Absent until a relay has told. */
  readonly room?: HoldRoom;
};

/** What becomes of a held message. */
export type ReleaseOrder =
  | { readonly action: "release" }
  /** Goes on as this proto3 JSON of a StreamingMessage. */
  | { readonly action: "replace"; readonly message: unknown }
  | { readonly action: "drop" }
  /** Is dropped, and its sender gets this answer in the other side's stead: an invocationResponse under the request's own id. */
  | { readonly action: "answer"; readonly message: unknown };

/** What the hub sends as text over `/api/live` beside contract.ts's {@link ServerMessage}s. */
export type InterventionMessage =
  /** Runs that are new or have come further. */
  | { readonly type: "replays"; readonly runs: readonly ReplayRun[] }
  | { readonly type: "holds"; readonly holds: Holds }
  /** Rows of these messages have another {@link MessageRow.intervention} than when they were first told of. */
  | { readonly type: "marked"; readonly seqs: readonly Seq[] };
