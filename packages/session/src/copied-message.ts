/** A message's row on its way into another session. */
import type { ReplayMark } from "@inspector/contract/intervention";
import { FLAG_TRUNCATED, INTERVENTION_FLAGS } from "@inspector/filter/message-flags";
import { type MessageHead, readHead } from "@inspector/proto";
import { numberOf, type SqlRow, textOf } from "./database.ts";
import { maybeNumber } from "./sql-values.ts";
import type { Writer } from "./writer.ts";

export type Stored = { readonly body: number; readonly size: number; readonly flags: number };

/** What is known of a message beside its row. */
export type BesideMessage = PairedWith & {
  /** What the inspector did to it, as INTERVENTION_FLAGS. */
  readonly flags: number;
  readonly replay?: ReplayMark | undefined;
};

/** The other streams of its worker, as MessageFacts have them. */
export type PairedWith = { readonly worker?: number | undefined; readonly before?: number | undefined };

/** Adds a message whose bytes are in the session already, under the number that it has. */
export function addMessage(
  writer: Writer,
  row: SqlRow,
  { stored, head, beside }: { readonly stored: Stored; readonly head: RowHead; readonly beside: BesideMessage },
): void {
  const isCut = (stored.flags & FLAG_TRUNCATED) !== 0;
  const { flags, replay, worker, before } = beside;
  writer.message({
    seq: numberOf(row["seq"]),
    at: numberOf(row["at"]),
    stream: numberOf(row["stream"]),
    worker,
    before,
    side: numberOf(row["side"]),
    ...head,
    kind: numberOf(row["kind"]),
    ...stored,
    status: isCut ? maybeNumber(row["status"]) : head.status,
    isCut,
    isInjected: (flags & INTERVENTION_FLAGS.injected) !== 0,
    replay,
  });
}

/** What is known of a message's content. */
export type RowHead = Omit<MessageHead, "kind">;

/** What a row says of its message. @param payload its bytes, decompressed, where they are there */
export function headOfRow(row: SqlRow, payload: Uint8Array | undefined): RowHead {
  return {
    requestId: textOf(row["request_id"]),
    invocationId: textOf(row["invocation_id"]),
    functionId: textOf(row["function_id"]),
    status: maybeNumber(row["status"]),
    level: maybeNumber(row["level"]),
    category: textOf(row["category"]),
    text: textOf(row["text"]),
    retryCount: payload === undefined ? undefined : readHead(payload).retryCount,
  };
}
