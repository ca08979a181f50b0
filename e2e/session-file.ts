/** What a session file says of connections and streams, read with SQL as any SQLite tool would. */
import { DatabaseSync } from "@photostructure/sqlite";

type Headers = Readonly<Record<string, string>>;

export type SessionStream = {
  readonly id: number;
  readonly connection: number;
  readonly path: string;
  readonly headers: { readonly worker: Headers; readonly host: Headers; readonly trailers: Headers };
  readonly end: SessionEnd | undefined;
};

export type SessionEnd = {
  readonly by: string;
  readonly how: string;
  readonly code?: number | string;
  readonly grpcStatus?: number;
  readonly grpcMessage?: string;
};

export type SessionConnection = {
  readonly id: number;
  readonly protocol: string;
  readonly reason: string | undefined;
  readonly isClosed: boolean;
  readonly end: SessionEnd | undefined;
};

export type SessionFile = {
  readonly streams: readonly SessionStream[];
  readonly connections: readonly SessionConnection[];
  /** Sequence numbers of the messages that crossed compressed. */
  readonly compressed: ReadonlySet<number>;
  /** Sequence numbers of the messages whose end never came. */
  readonly truncated: ReadonlySet<number>;
  readonly events: readonly { readonly type: string; readonly detail: Readonly<Record<string, unknown>> }[];
};

export function readSession(file: string): SessionFile {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const all = (sql: string): Record<string, unknown>[] => database.prepare(sql).all();
    const flagged = (bit: number): Set<number> =>
      new Set(all(`SELECT seq FROM message WHERE flags & ${bit}`).map(({ seq }) => Number(seq)));
    return {
      streams: all("SELECT id, connection, path, headers, end FROM stream ORDER BY id").map((row) => ({
        id: Number(row["id"]),
        connection: Number(row["connection"]),
        path: String(row["path"]),
        headers: { worker: {}, host: {}, trailers: {}, ...parse(row["headers"]) },
        end: parse(row["end"]),
      })),
      connections: all("SELECT id, protocol, reason, closed_at, end FROM connection ORDER BY id").map((row) => ({
        id: Number(row["id"]),
        protocol: String(row["protocol"]),
        reason: row["reason"] === null ? undefined : String(row["reason"]),
        isClosed: row["closed_at"] !== null,
        end: parse(row["end"]),
      })),
      compressed: flagged(1),
      truncated: flagged(2),
      events: all("SELECT type, detail FROM event ORDER BY id").map((row) => ({
        type: String(row["type"]),
        detail: JSON.parse(String(row["detail"])),
      })),
    };
  } finally {
    database.close();
  }
}

function parse(text: unknown) {
  return typeof text === "string" ? JSON.parse(text) : undefined;
}
