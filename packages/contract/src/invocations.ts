/** Invocations and the steps of a worker's start: a request, what it was answered, and what went beside the stream. */
import type { ReplayMark } from "./intervention.ts";
import type { Nanos, Seq } from "./traffic.ts";

/** Rows that are named of a list in another order than that in which they began: "the 1 000 slowest". */
export const MAX_SORTED = 1000;

/** Messages of one invocation that are named; one that has more says how many logs there are, and keeps its newest. */
export const MAX_INVOCATION_MESSAGES = 100_000;

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

/** What the steps are called, in every view alike. */
export const STEP_WORDS: Readonly<Record<StepRow["step"], string>> = {
  start: "connect",
  init: "init",
  index: "index",
  load: "load",
  warmup: "warm up",
  reload: "reload",
  terminate: "terminate",
};

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

/** Calls of the same function that an invocation is worth comparing with, replays left out. */
export type NeighbouringCalls = {
  /** The last one before it that succeeded, and was not answered with a server error. */
  readonly lastGood?: Seq;
  /** The first one after it that failed, was lost, or was answered with a server error. */
  readonly nextFailure?: Seq;
};

/** Most characters of a text in {@link InvocationFailure}. */
export const MAX_FAILURE_CHARS = 2000;

/** Why an invocation failed, or was answered with an HTTP status of 500 or more, beside what its row says. What is not known is absent. */
export type InvocationFailure = {
  /** Of the exception, as the worker names it: "TypeError". */
  readonly type?: string;
  readonly message?: string;
  /** "src/functions/orders.js:12": where it came from, in the user's own files. */
  readonly frame?: string;
  /** What the app logged last before the answer; at most 200 characters. */
  readonly lastLog?: { readonly seq: Seq; readonly text: string };
  /** Failures of the function that say the same, but for numbers and ids, this one included; replays are left out. */
  readonly again?: { readonly count: number; readonly first: { readonly invocation: Seq; readonly at: Nanos } };
  /**
   * Answered calls near to it that were given the same input, and the nearest of them: of those that succeeded, if any did. Metadata of
   * triggers may differ.
   */
  readonly sameInput?: { readonly count: number; readonly invocation: Seq; readonly hasFailed: boolean };
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

/** What invocations and start-up steps can be sorted by; by status the failed ones are the largest. */
export const SORT_KEYS = ["time", "status", "duration", "size", "logs"] as const;

export type InvocationOrder = { readonly by: (typeof SORT_KEYS)[number]; readonly isDescending: boolean };

/** Ids of the first rows that match, in the order that was asked for; `isCut` when there are {@link MAX_SORTED}, and there may be more. */
export type SortedInvocations = { readonly ids: readonly Seq[]; readonly isCut: boolean };
