import type { Nanos, Seq } from "@inspector/contract/page";
import { numberOf, type SqlRow, type SqlValue, textOf } from "@inspector/session/database";

/** A message of a range, with what is known of its invocation. */
export type RangeMessage = {
  readonly seq: Seq;
  readonly at: Nanos;
  readonly stream: number;
  readonly side: number;
  readonly kind: number;
  readonly size: number;
  readonly flags: number;
  readonly body: number;
  readonly status: number | undefined;
  readonly text: string | undefined;
  readonly invocation: Seq | undefined;
  readonly invocationId: string | undefined;
  /** As the message itself says. */
  readonly functionId: string | undefined;
  /** The function's name, or its id where its name was not seen. */
  readonly functionName: string | undefined;
  readonly startedSeq: Seq | undefined;
  readonly answeredSeq: Seq | undefined;
  readonly cancelSeq: Seq | undefined;
};

/** Reads a row of the question that {@link import("./problem-session.ts").ProblemSession.messages} puts. */
export function rangeMessageOf(row: SqlRow): RangeMessage {
  return {
    seq: numberOf(row["seq"]),
    at: numberOf(row["at"]),
    stream: numberOf(row["stream"]),
    side: numberOf(row["side"]),
    kind: numberOf(row["kind"]),
    size: numberOf(row["size"]),
    flags: numberOf(row["flags"]),
    body: numberOf(row["body"]),
    status: maybeNumber(row["status"]),
    text: textOf(row["text"]),
    invocation: maybeNumber(row["invocation"]),
    invocationId: textOf(row["invocation_id"]),
    functionId: textOf(row["function_id"]),
    functionName: textOf(row["function_name"]),
    startedSeq: maybeNumber(row["started_seq"]),
    answeredSeq: maybeNumber(row["answered_seq"]),
    cancelSeq: maybeNumber(row["cancel_seq"]),
  };
}

function maybeNumber(value: SqlValue | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}
