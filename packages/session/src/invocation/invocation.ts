import type { Nanos, Seq } from "@inspector/contract/page";
import { KIND } from "@inspector/proto";
import {
  type Attempts,
  type Exchange,
  HOST,
  lackingRequest,
  nextAttempt,
  oldestOpen,
  type Pairing,
  type PairingFacts,
  WORKER,
} from "./exchange.ts";

/** One use of an invocation id in one stream: the request with its logs, cancel and response. */
export type Invocation = Exchange & {
  readonly invocationId: string;
  readonly functionId: string | undefined;
  /** The line that the request shows: "GET /api/hello". */
  readonly text: string | undefined;
  readonly requestSize: number | undefined;
  readonly responseSize: number | undefined;
  readonly retryCount: number | undefined;
  readonly cancelSeq: Seq | undefined;
  readonly cancelAt: Nanos | undefined;
  readonly logs: number;
  /** Logs of level Error or Critical. */
  readonly errorLogs: number;
  /** Logs behind the response, of which the host shows only system logs. */
  readonly lateLogs: number;
  /** The id was in flight already when this request came. Which answer and log is whose cannot be told then. */
  readonly isOverlapping: boolean;
};

const SENDER: Readonly<Record<number, number>> = {
  [KIND.rpcLog]: WORKER,
  [KIND.invocationRequest]: HOST,
  [KIND.invocationResponse]: WORKER,
  [KIND.invocationCancel]: HOST,
};

/**
 * Pairs by invocation id. Messages from the side that never sends them by contract are of no invocation.
 * A log without an id is the worker's own; the other kinds do have the empty id where none was given.
 */
export const invocationPairing: Pairing<Invocation> = {
  keyOf({ kind, side, invocationId }) {
    if (SENDER[kind] !== side) {
      return undefined;
    }
    return kind === KIND.rpcLog ? invocationId : (invocationId ?? "");
  },
  isRequest: ({ kind }) => kind === KIND.invocationRequest,
  apply(attempts, facts) {
    const latest = attempts.at(-1);
    if (facts.isStandIn === true && latest !== undefined && isThere(latest, facts.kind)) {
      return latest;
    }
    if (facts.kind === KIND.invocationRequest) {
      return withRequest(attempts, facts);
    }
    const row = oldestOpen(attempts) ?? attempts.at(-1) ?? newInvocation(attempts, facts);
    switch (facts.kind) {
      case KIND.invocationResponse:
        return withResponse(row, facts);
      case KIND.invocationCancel:
        return row.cancelSeq === undefined ? { ...row, cancelSeq: facts.seq, cancelAt: facts.at } : row;
      default:
        return withLog(row, facts);
    }
  },
};

/** Whether an invocation has its message of a kind already. */
function isThere({ startedSeq, answeredSeq }: Invocation, kind: number): boolean {
  return (
    (kind === KIND.invocationRequest && startedSeq !== undefined) ||
    (kind === KIND.invocationResponse && answeredSeq !== undefined)
  );
}

type Draft = { -readonly [Key in keyof Invocation]: Invocation[Key] };

/** All rows are made here and in {@link newInvocation}, each one literal: for a spread V8 looks up and moves property by property. */
function copyOf(row: Invocation): Draft {
  return {
    id: row.id,
    stream: row.stream,
    attempt: row.attempt,
    startedSeq: row.startedSeq,
    startedAt: row.startedAt,
    answeredSeq: row.answeredSeq,
    answeredAt: row.answeredAt,
    status: row.status,
    result: row.result,
    extraAnswers: row.extraAnswers,
    invocationId: row.invocationId,
    functionId: row.functionId,
    text: row.text,
    requestSize: row.requestSize,
    responseSize: row.responseSize,
    retryCount: row.retryCount,
    cancelSeq: row.cancelSeq,
    cancelAt: row.cancelAt,
    logs: row.logs,
    errorLogs: row.errorLogs,
    lateLogs: row.lateLogs,
    isOverlapping: row.isOverlapping,
  };
}

function newInvocation(attempts: Attempts<Invocation>, facts: PairingFacts): Draft {
  return {
    id: facts.seq,
    stream: facts.stream,
    attempt: nextAttempt(attempts),
    startedSeq: undefined,
    startedAt: undefined,
    answeredSeq: undefined,
    answeredAt: undefined,
    status: undefined,
    result: undefined,
    extraAnswers: 0,
    invocationId: facts.invocationId ?? "",
    functionId: undefined,
    text: undefined,
    requestSize: undefined,
    responseSize: undefined,
    retryCount: undefined,
    cancelSeq: undefined,
    cancelAt: undefined,
    logs: 0,
    errorLogs: 0,
    lateLogs: 0,
    isOverlapping: false,
  };
}

function withRequest(attempts: Attempts<Invocation>, facts: PairingFacts): Invocation {
  const lacking = lackingRequest(attempts);
  const row = lacking === undefined ? newInvocation(attempts, facts) : copyOf(lacking);
  row.startedSeq = facts.seq;
  row.startedAt = facts.at;
  row.functionId = facts.functionId;
  row.text = facts.text;
  row.requestSize = facts.size;
  row.retryCount = facts.retryCount;
  row.isOverlapping = oldestOpen(attempts) !== undefined;
  return row;
}

function withResponse(row: Invocation, facts: PairingFacts): Invocation {
  if (facts.isCut === true) {
    return row;
  }
  const next = copyOf(row);
  if (row.answeredSeq === undefined) {
    next.answeredSeq = facts.seq;
    next.answeredAt = facts.at;
    next.status = facts.status;
    next.result = facts.text;
    next.responseSize = facts.size;
  } else {
    next.extraAnswers += 1;
  }
  return next;
}

function withLog(row: Invocation, { level }: PairingFacts): Invocation {
  const next = copyOf(row);
  next.logs += 1;
  if (level === 4 || level === 5) {
    next.errorLogs += 1;
  }
  if (row.answeredSeq !== undefined) {
    next.lateLogs += 1;
  }
  return next;
}

/**
 * "unknown" where only logs or a cancel were seen; "lost" where the stream ended without an answer, "cancelled" where the host had
 * given it up before.
 */
export type InvocationState = "in-flight" | "failed" | "success" | "cancelled" | "lost" | "unknown";

const STATES: readonly InvocationState[] = ["failed", "success", "cancelled"];

/** @param isStreamEnded whether the stream of the invocation has ended */
export function invocationState(
  row: Exchange & Partial<Pick<Invocation, "cancelSeq">>,
  isStreamEnded: boolean,
): InvocationState {
  if (row.answeredSeq !== undefined) {
    return STATES[row.status ?? -1] ?? "unknown";
  }
  if (row.startedSeq === undefined) {
    return "unknown";
  }
  if (!isStreamEnded) {
    return "in-flight";
  }
  return row.cancelSeq === undefined ? "lost" : "cancelled";
}
