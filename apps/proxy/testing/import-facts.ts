/** What tests compare of sessions: all messages with their bytes, streams and invocations. */
import { openForReading } from "@inspector/hub/sqlite";
import { createInvocationQueries } from "@inspector/session/invocation-queries";
import { createQueries } from "@inspector/session/queries";

export function messagesIn(file: string) {
  const database = openForReading(file);
  try {
    const queries = createQueries(database);
    return queries.messagesAfter(0, 100_000).rows.map(({ seq, stream, from, kind, size, ...row }) => {
      const body = queries.origin(seq)?.body ?? 0;
      const bytes = Buffer.from(queries.bodyBytes(body, 0, size)).toString("base64");
      const { status, invocationId, functionId, functionName, isTruncated, invocation } = row;
      return {
        seq,
        stream,
        from,
        kind,
        size,
        bytes,
        status,
        invocationId,
        functionId,
        functionName,
        isTruncated,
        invocation,
      };
    });
  } finally {
    database.close();
  }
}

export function streamsIn(file: string) {
  const database = openForReading(file);
  try {
    return database
      .prepare("SELECT path, worker_id, runtime, phase, messages, bytes, headers, end FROM stream ORDER BY id")
      .all();
  } finally {
    database.close();
  }
}

export function invocationsIn(file: string) {
  const database = openForReading(file);
  try {
    const invocations = createInvocationQueries(database);
    const ids = invocations.column(undefined, 0, 100_000);
    return invocations.rows(ids).rows.map((row) => (row.type === "invocation" ? [row.id, row.state] : row.type));
  } finally {
    database.close();
  }
}

export function eventsIn(file: string) {
  const database = openForReading(file);
  try {
    return createQueries(database)
      .eventsAfter(0)
      .events.map(({ type, detail }) => ({ type, detail }));
  } finally {
    database.close();
  }
}
