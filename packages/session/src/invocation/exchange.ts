import type { Nanos, Seq } from "@inspector/contract/page";

/** What pairing needs of a message; what readHead of packages/proto gives, and where and when the message crossed. */
export type PairingFacts = {
  readonly seq: Seq;
  readonly at: Nanos;
  readonly stream: number;
  /** 0 for the host, 1 for the worker. */
  readonly side: number;
  readonly size: number;
  /** Field number of the content in StreamingMessage. */
  readonly kind: number;
  readonly requestId?: string | undefined;
  readonly invocationId?: string | undefined;
  readonly functionId?: string | undefined;
  readonly status?: number | undefined;
  readonly level?: number | undefined;
  readonly text?: string | undefined;
  /** RetryContext.retry_count of an invocation_request. */
  readonly retryCount?: number | undefined;
  /** The inspector sent it in the place of another message or of its sender, so it begins nothing and answers nothing twice. */
  readonly isStandIn?: boolean;
  /** The stream ended in the middle of it: nobody got it, so it answers nothing. */
  readonly isCut?: boolean;
};

/** `message.side` of what a host said. */
export const HOST = 0;
/** `message.side` of what a worker said. */
export const WORKER = 1;

/**
 * A request and its answer. Either may be missing: in flight, lost with the stream, or from before the recording began.
 * Members without a value are there all the same, so that all rows have one shape.
 */
export type Exchange = {
  /** Sequence number of the first message that belongs to it. */
  readonly id: Seq;
  readonly stream: number;
  /** 1, 2, 3 … for those of one key in one stream. */
  readonly attempt: number;
  /** The request. Absent where only an answer or a log was seen: an orphan. */
  readonly startedSeq: Seq | undefined;
  readonly startedAt: Nanos | undefined;
  /** The first answer. */
  readonly answeredSeq: Seq | undefined;
  readonly answeredAt: Nanos | undefined;
  /** Number of StatusResult.Status in the first answer. */
  readonly status: number | undefined;
  /** The line that the first answer shows: "200", an exception's message. */
  readonly result: string | undefined;
  /** Answers behind the first that no request waited for. */
  readonly extraAnswers: number;
};

/**
 * Earlier attempts that pairing still looks at. An id is normally used once; somebody who uses one over and over gets the
 * oldest of his unanswered attempts forgotten, that is, left in flight.
 */
export const MAX_ATTEMPTS = 8;

/** The last attempts of one key in one stream, in order, at most {@link MAX_ATTEMPTS}. */
export type Attempts<Row extends Exchange> = readonly Row[];

/** How the messages of one sort pair up. Both functions are pure. */
export type Pairing<Row extends Exchange> = {
  /** What a message is paired by within its stream; undefined for messages of another sort. */
  readonly keyOf: (facts: PairingFacts) => string | undefined;
  /** Whether a message begins an exchange; of those that have a key. */
  readonly isRequest: (facts: PairingFacts) => boolean;
  /** The row that the message adds or changes. It replaces the one with the same `id`. */
  readonly apply: (attempts: Attempts<Row>, facts: PairingFacts) => Row;
};

/** `attempts` after {@link Pairing.apply} gave `changed`. */
export function withRow<Row extends Exchange>(attempts: Attempts<Row>, changed: Row): Attempts<Row> {
  if (attempts.length === 0 || (attempts.length === 1 && attempts[0]?.id === changed.id)) {
    return [changed];
  }
  const index = attempts.findIndex(({ id }) => id === changed.id);
  return index < 0 ? [...attempts, changed].slice(-MAX_ATTEMPTS) : attempts.with(index, changed);
}

/** The attempt that has waited longest, as the host completes a live invocation with whatever answer comes first. */
export function oldestOpen<Row extends Exchange>(attempts: Attempts<Row>): Row | undefined {
  return attempts.find((row) => row.startedSeq !== undefined && row.answeredSeq === undefined);
}

/** {@link Exchange.attempt} of a new row. */
export function nextAttempt(attempts: Attempts<Exchange>): number {
  return (attempts.at(-1)?.attempt ?? 0) + 1;
}

/**
 * The latest attempt if it lacks its request, which then belongs to it: messages of the two directions can be recorded in the wrong
 * order, and everything else of an id comes behind its request.
 */
export function lackingRequest<Row extends Exchange>(attempts: Attempts<Row>): Row | undefined {
  const latest = attempts.at(-1);
  return latest !== undefined && latest.startedSeq === undefined ? latest : undefined;
}

/** Nanoseconds from request to first answer; undefined where either is missing or they were recorded in the wrong order. */
export function durationOf(row: Exchange): Nanos | undefined {
  const { startedAt, answeredAt } = row;
  return startedAt === undefined || answeredAt === undefined || answeredAt < startedAt
    ? undefined
    : answeredAt - startedAt;
}
