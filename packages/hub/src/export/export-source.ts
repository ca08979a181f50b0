/** What formats are written from: a session that holds just what is to leave. */

import type { InvocationRow, Nanos, Seq } from "@inspector/contract/page";
import { decodeMessage, type StreamingMessage } from "@inspector/proto";
import type { Database } from "@inspector/session/database";
import { createInvocationQueries, type InvocationQueries } from "@inspector/session/invocation-queries";
import { readMeta } from "@inspector/session/open-session";
import type { ReadPayload } from "@inspector/session/payload";
import { createQueries, type Queries } from "@inspector/session/queries";
import { createReadPayload } from "../payload.ts";
import { openForReading } from "../sqlite.ts";

export type ExportSource = {
  readonly file: string;
  /** The version of the inspector that exports. */
  readonly by: string;
  readonly database: Database;
  readonly queries: Queries;
  readonly invocations: InvocationQueries;
  readonly payload: ReadPayload;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
  decoded(seq: Seq | undefined): StreamingMessage | undefined;
  /** The session's time as nanoseconds since the Unix epoch. */
  unixNanos(at: Nanos): bigint;
};

export function openSource(file: string, by: string): ExportSource {
  const database = openForReading(file);
  const queries = createQueries(database);
  const payload = createReadPayload(queries);
  const { startedAt } = readMeta(database, file);
  return {
    file,
    by,
    database,
    queries,
    invocations: createInvocationQueries(database),
    payload,
    startedAt,
    decoded(seq) {
      const bytes = seq === undefined ? undefined : payload(seq);
      const decoded = bytes && decodeMessage(bytes);
      return decoded?.ok ? decoded.message : undefined;
    },
    unixNanos: (at) => BigInt(Math.round(startedAt)) * 1_000_000n + BigInt(Math.round(at)),
  };
}

/** Invocations in memory at a time. */
const PAGE = 200;

/** Pages of invocations, in the order in which they began. */
export function* invocationPages({ invocations }: ExportSource): Generator<InvocationRow[]> {
  for (let after = 0; ; ) {
    const ids = invocations.column(undefined, after, PAGE);
    yield invocations.rows(ids).rows.flatMap((row) => (row.type === "invocation" ? [row] : []));
    const last = ids.at(-1);
    if (last === undefined || ids.length < PAGE) {
      return;
    }
    after = last;
  }
}
