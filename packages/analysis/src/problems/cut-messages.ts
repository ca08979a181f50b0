import { FLAG_TRUNCATED } from "@inspector/filter/message-flags";
import { numberOf, textOf } from "@inspector/session/database";
import type { ProblemSession } from "./problem-session.ts";
import type { Range } from "./rule.ts";
import type { CutMessage } from "./worker-stream.ts";

/** Messages of a range that were not whole when their stream ended, by stream; of one stream the worker's last. */
export function cutMessagesOf(
  session: Pick<ProblemSession, "all">,
  { after, through }: Range,
): readonly (readonly [stream: number, message: CutMessage])[] {
  return session
    .all(
      `SELECT m.seq, m.stream, m.side, m.kind, m.size, m.invocation_id, coalesce(f.name, m.function_id, i.function_id) AS function_name
       FROM message m
       LEFT JOIN invocation i ON i.id = m.invocation
       LEFT JOIN function f ON f.stream = m.stream AND f.function_id = coalesce(m.function_id, i.function_id)
       WHERE m.seq > ? AND m.seq <= ? AND m.flags & ${FLAG_TRUNCATED} ORDER BY m.side, m.seq`,
      after,
      through,
    )
    .map((row) => [
      numberOf(row["stream"]),
      {
        seq: numberOf(row["seq"]),
        side: numberOf(row["side"]),
        kind: numberOf(row["kind"]),
        size: numberOf(row["size"]),
        invocationId: textOf(row["invocation_id"]),
        functionName: textOf(row["function_name"]),
      },
    ]);
}
