/** A worker and a host that are bare sockets with an inspector between them, for bytes that no library would send. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { Database } from "@inspector/session/database";
import { createQueries } from "@inspector/session/queries";
import { DatabaseSync } from "@photostructure/sqlite";
import { eventually } from "./eventually.ts";
import { startInspector, temporaryFolder } from "./inspector-process.ts";
import { readSession, type SessionConnection, type SessionStream } from "./session-file.ts";

export type Side = "host" | "worker";

export type RawEnd = {
  readonly socket: Socket;
  /** Everything that came so far. */
  readonly received: () => Buffer;
  /** Resolves when so many bytes have come in all; rejects where the connection ends before. */
  readonly has: (bytes: number) => Promise<void>;
  /** How the other side ended: with FIN, or with a reset. */
  readonly ended: Promise<"fin" | "reset">;
};

export type RawPair = Readonly<Record<Side, RawEnd>> & {
  /** Sends bytes of one side, in writes of `chunkBytes`, and waits until the other side has them. */
  readonly say: (from: Side, bytes: Uint8Array, chunkBytes?: number) => Promise<void>;
  /** Everything each side has sent so far. */
  readonly sent: (side: Side) => Buffer;
};

export type RawMessage = {
  /** Which of the connection's streams, from 1. */
  readonly stream: number;
  readonly from: Side;
  /** Of the message; of one whose end never came, as it was announced. */
  readonly size: number;
  /** As they crossed, as far as they came. */
  readonly bytes: Buffer;
  readonly isCompressed: boolean;
  readonly isTruncated: boolean;
};

/** What a session has of one connection. */
export type RawConnection = {
  readonly connection: SessionConnection;
  readonly streams: readonly SessionStream[];
  readonly messages: readonly RawMessage[];
};

export type RawInspector = {
  /** Connects two sockets through the inspector, lets `converse` speak for both, and reads what was recorded of it. */
  converse(converse: (pair: RawPair) => Promise<void>): Promise<RawConnection>;
  /** @returns the exit code */
  stop(): Promise<number | null>;
};

/** An inspector for one conversation after the other, each on a connection of its own. */
export async function startRawInspector(): Promise<RawInspector> {
  const state = temporaryFolder();
  const server = createServer({ allowHalfOpen: true, noDelay: true });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const inspector = await startInspector(["--listen", "0", "--upstream", `127.0.0.1:${port}`, "--no-open"], state.path);
  let conversations = 0;
  return {
    async converse(converse) {
      const [host, port = ""] = inspector.listen.split(":");
      const sockets: Socket[] = [];
      try {
        const accepted = once(server, "connection");
        const worker = connect({ host, port: Number(port), allowHalfOpen: true, noDelay: true });
        sockets.push(worker);
        const [socket]: Socket[] = await accepted;
        if (socket === undefined) {
          throw new Error("nothing was accepted");
        }
        sockets.push(socket);
        conversations += 1;
        await converse(pairOf(createEnd(worker), createEnd(socket)));
      } finally {
        for (const one of sockets) {
          one.destroy();
        }
      }
      return await eventually(() => readConnection(inspector.session, conversations));
    },
    async stop() {
      server.close();
      const code = await inspector.stop();
      state.remove();
      return code;
    },
  };
}

/** The how manieth connection, once it is recorded to its end. */
function readConnection(session: string, count: number): RawConnection | undefined {
  const { connections, streams: all, compressed, truncated } = readSession(session);
  const connection = connections[count - 1];
  if (connection?.isClosed !== true) {
    return undefined;
  }
  const streams = all.filter((stream) => stream.connection === connection.id);
  const database = new DatabaseSync(session, { readOnly: true });
  try {
    const queries = createQueries(database as unknown as Database);
    const seqs = queries.column(undefined, 0, Number.MAX_SAFE_INTEGER);
    const messages = queries.messages(seqs).rows.flatMap(({ seq, stream, from, size }): RawMessage[] => {
      const number = streams.findIndex(({ id }) => id === stream) + 1;
      const bytes = Buffer.from(queries.bodyBytes(queries.origin(seq)?.body ?? 0, 0, size));
      const marks = { isCompressed: compressed.has(seq), isTruncated: truncated.has(seq) };
      return number === 0 ? [] : [{ stream: number, from, size, bytes, ...marks }];
    });
    return { connection, streams, messages };
  } finally {
    database.close();
  }
}

function pairOf(worker: RawEnd, host: RawEnd): RawPair {
  const ends = { worker, host };
  const sent: Record<Side, Buffer[]> = { worker: [], host: [] };
  return {
    ...ends,
    sent: (side) => Buffer.concat(sent[side]),
    async say(from, bytes, chunkBytes = Math.max(bytes.length, 1)) {
      for (let at = 0; at < bytes.length; at += chunkBytes) {
        const chunk = bytes.subarray(at, at + chunkBytes);
        await new Promise<void>((resolve, reject) => {
          ends[from].socket.write(chunk, (error) => (error ? reject(error) : resolve()));
        });
      }
      sent[from].push(Buffer.from(bytes));
      const other = ends[from === "worker" ? "host" : "worker"];
      await other.has(sent[from].reduce((total, { length }) => total + length, 0));
    },
  };
}

export function createEnd(socket: Socket): RawEnd {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let isOver = false;
  let wake = (): void => {};
  socket.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    wake();
  });
  const ended = new Promise<"fin" | "reset">((resolve) => {
    socket.once("error", () => resolve("reset"));
    // A reset that arrives together with bytes is an end to libuv; writing nothing shows what it was.
    socket.once("end", () => {
      if (socket.writableEnded) {
        resolve("fin");
      } else {
        socket.write("", (error) => resolve(error ? "reset" : "fin"));
      }
    });
  });
  socket.once("close", () => {
    isOver = true;
    wake();
  });
  return {
    socket,
    received: () => Buffer.concat(chunks),
    async has(count) {
      while (bytes < count) {
        if (isOver) {
          throw new Error(`the connection ended after ${bytes} of ${count} bytes`);
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    ended,
  };
}
