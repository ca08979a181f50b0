/** Writes a session of any number of messages through the writer that the hub uses: `node session.mjs generate FILE N`. */
import { rmSync } from "node:fs";
import { openForWriting } from "@inspector/hub/sqlite";
import { type Lifecycle, noteMessage } from "@inspector/ingest/connection/lifecycle";
import { readHead } from "@inspector/proto";
import { type Database, inTransaction } from "@inspector/session/database";
import { prepareForWriting } from "@inspector/session/open-session";
import { createWriter, type Writer } from "@inspector/session/writer";
import { type Sent, traffic } from "./traffic.ts";

/** Messages in a transaction: about what the hub's batches of 8 MB hold. */
const BATCH = 10_000;
const PATH = "/AzureFunctionsRpcMessages.FunctionRpc/EventStream";
const HEADERS = JSON.stringify({ worker: { "user-agent": "grpc-node-js/1.14.7" } });

export type SessionFile = {
  readonly database: Database;
  readonly writer: Writer;
  readonly streams: readonly Lifecycle[];
};

/** A new session with the streams of two workers. */
export function createSessionFile(file: string): SessionFile {
  for (const path of [file, `${file}-wal`, `${file}-shm`]) {
    rmSync(path, { force: true });
  }
  const database = openForWriting(file);
  prepareForWriting(database, file, () => ({ id: "generated", startedAt: Date.UTC(2026, 10, 21), version: "0.1.0" }));
  const writer = createWriter(database);
  const streams = inTransaction(database, () => {
    const relay = writer.relay("generated", { segment: 0, offset: 0, seq: 0 });
    return [1, 2].map((worker) => {
      const connection = writer.connection(relay.id, worker, 0);
      writer.updateConnection(connection, { protocol: "http2" });
      return { id: writer.stream(connection, 1, PATH, 0, HEADERS), phase: "connected" as const };
    });
  });
  return { database, writer, streams };
}

/** One transaction, as the hub's ingest makes it behind the frames. */
export function writeBatch({ database, writer, streams }: SessionFile, batch: readonly Sent[]): void {
  inTransaction(database, () => {
    for (const { at, worker, from, bytes } of batch) {
      const stream = streams[worker - 1];
      if (stream === undefined) {
        continue;
      }
      const body = writer.bodies.whole(bytes);
      const head = readHead(bytes);
      const { kind, requestId, invocationId, functionId, status, level, category, text, retryCount } = head;
      const size = bytes.length;
      const ids = { requestId, invocationId, functionId };
      const side = from === "host" ? 0 : 1;
      const facts = {
        at,
        stream: stream.id,
        side,
        kind,
        size,
        flags: 0,
        body,
        ...ids,
        status,
        level,
        category,
        text,
        retryCount,
      };
      writer.message(facts);
      noteMessage(writer, stream, { head, kind, size, flags: 0, body, payload: bytes });
    }
    for (const [index, stream] of streams.entries()) {
      const own = batch.filter(({ worker }) => worker === index + 1);
      const bytes = own.reduce((sum, one) => sum + one.bytes.length, 0);
      writer.countStream(stream.id, own.length, bytes);
    }
    writer.finishBatch();
  });
}

/** Writes `count` messages, `perSecond` of them in a second of the session's time. */
export function generateSession(file: string, count: number, perSecond: number): void {
  const session = createSessionFile(file);
  let batch: Sent[] = [];
  for (const sent of traffic(count, perSecond)) {
    batch.push(sent);
    if (batch.length < BATCH) {
      continue;
    }
    writeBatch(session, batch);
    batch = [];
  }
  writeBatch(session, batch);
  session.database.close();
}
