/** Whether a message that a relay holds matches a filter: what the message says, and what is recorded of its invocation. */
import { isUtf8 } from "node:buffer";
import { type InvocationFacts, type MessageFacts, matchesMessage, type StreamFacts } from "@inspector/filter/evaluate";
import type { Filter } from "@inspector/filter/filter";
import { FLAG_DAMAGED, logFlags } from "@inspector/filter/message-flags";
import { IS_UNHEARD } from "@inspector/filter/worker-time";
import { findDamage, KIND, type MessageHead, readHead } from "@inspector/proto";
import { type Database, numberOf, type SqlRow, textOf } from "@inspector/session/database";
import { maybeNumber } from "@inspector/session/sql-values";

/** Numbers as the session stores them. */
export type UnrecordedMessage = {
  readonly stream: number;
  readonly side: number;
  readonly at: number;
  readonly size: number;
  readonly bytes: Uint8Array;
};

export type RowFilter = {
  /** Takes time in proportion to what a row shows of a message, whatever the filter is. */
  matches(filter: Filter, message: UnrecordedMessage): boolean;
};

const STATUS_CANCELLED = 2;

/** @param live where the stream, its functions and the request of the message's invocation are */
export function createRowFilter(live: Database): RowFilter {
  const streams = live.prepare("SELECT path, worker_id, runtime, ended_at FROM stream WHERE id = ?");
  const functions = live.prepare('SELECT name, "trigger" FROM function WHERE stream = ? AND function_id = ?');
  const invocations = live.prepare(
    `SELECT i.*, h.to_at, ${IS_UNHEARD} AS is_unheard, r.invocation AS replayed, r.is_edited FROM invocation i LEFT JOIN replay r ON r.invocation = i.id
     LEFT JOIN hold h ON h.seq = i.started_seq
     WHERE i.invocation_id = ? AND i.stream IN (?, (SELECT worker FROM joined_stream WHERE stream = ?))
     ORDER BY i.attempt DESC LIMIT 1`,
  );

  function functionOf(stream: number, id: string | undefined): MessageFacts["function"] {
    const row = id === undefined ? undefined : functions.get(stream, id);
    return row && { name: textOf(row["name"]), trigger: textOf(row["trigger"]) };
  }

  function streamOf(stream: number): StreamFacts {
    const row = streams.get(stream);
    return {
      path: textOf(row?.["path"]) ?? "",
      workerId: textOf(row?.["worker_id"]),
      runtime: textOf(row?.["runtime"]),
      isEnded: typeof row?.["ended_at"] === "number",
    };
  }

  function invocationOf(head: MessageHead, stream: number, at: number): InvocationFacts | undefined {
    if (head.invocationId === undefined) {
      return undefined;
    }
    const row = head.kind === KIND.invocationRequest ? undefined : invocations.get(head.invocationId, stream, stream);
    const functionId = head.kind === KIND.invocationRequest ? head.functionId : textOf(row?.["function_id"]);
    return { ...factsOf(head, row, at), functionId, function: functionOf(stream, functionId) };
  }

  return {
    matches(filter, { bytes, ...message }) {
      const head = readHead(bytes);
      return matchesMessage(filter, {
        ...message,
        ...head,
        flags: (findDamage(bytes, isUtf8) === undefined ? 0 : FLAG_DAMAGED) | logFlags(head.logCategory),
        isDropped: false,
        marks: [],
        of: streamOf(message.stream),
        function: functionOf(message.stream, head.functionId),
        invocation: invocationOf(head, message.stream, message.at),
      });
    },
  };
}

/**
 * What the message makes of its invocation. @param row the invocation as it is recorded, which may have the message already; absent for a
 * request, which is the first of its invocation, and where the request was not seen
 */
function factsOf(
  { kind, status, retryCount }: MessageHead,
  row: SqlRow | undefined,
  at: number,
): Omit<InvocationFacts, "functionId" | "function"> {
  const isRequest = kind === KIND.invocationRequest;
  const isAnswer = kind === KIND.invocationResponse;
  // The worker has it from when it went on.
  const startedAt = maybeNumber(row?.["to_at"]) ?? maybeNumber(row?.["started_at"]);
  const hasRequest = isRequest || typeof row?.["started_seq"] === "number";
  const cancelSeq = maybeNumber(row?.["cancel_seq"]) ?? (kind === KIND.invocationCancel ? Infinity : undefined);
  const answeredSeq = maybeNumber(row?.["answered_seq"]);
  const isCancelInTime = cancelSeq !== undefined && (answeredSeq === undefined || cancelSeq < answeredSeq);
  return {
    hasRequest,
    isRequest,
    isAnswer,
    isAnswered: isAnswer || answeredSeq !== undefined,
    isCancelled: (hasRequest && isCancelInTime) || (isAnswer && status === STATUS_CANCELLED),
    hasCancel: cancelSeq !== undefined,
    isBehindAnswer: false,
    isUnheard: row?.["is_unheard"] === 1,
    duration: isAnswer && startedAt !== undefined && at >= startedAt ? at - startedAt : undefined,
    attempt: row === undefined ? 1 : numberOf(row["attempt"]),
    retryCount: retryCount ?? maybeNumber(row?.["retry_count"]),
    ...(typeof row?.["replayed"] === "number" && { replay: { isEdited: row["is_edited"] === 1 } }),
  };
}
