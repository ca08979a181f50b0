/** Session files for tests, made of what real peers said, by the ingest that the hub runs. */

import type { ConnectionIngest } from "@inspector/ingest/connection/connection-ingest";
import { type Database, inTransaction } from "@inspector/session/database";
import { prepareForWriting } from "@inspector/session/open-session";
import { createWriter, type Writer } from "@inspector/session/writer";
import { loadRecording } from "@inspector/testkit";
import { recordConnection } from "../src/ingest/saved-connection.ts";
import { makeOneFile, openForWriting } from "../src/sqlite.ts";

/** A wall clock for all of them: 2026-11-21 05:12:33 UTC. */
export const STARTED_AT = 1_795_237_953_000;

const BEGINNING = { segment: 0, offset: 0, seq: 0 };

export type SessionWriting = {
  readonly database: Database;
  /** Runs `work` as one batch. */
  batch(work: (writer: Writer) => void): void;
  /** Adds all connections of a recording, `offset` nanoseconds into the session. */
  addRecording(name: string, offset?: number): void;
  close(): void;
};

/** Makes a session file and keeps it open for writing. */
export function writeSession(file: string): SessionWriting {
  const database = openForWriting(file);
  prepareForWriting(database, file, () => ({ id: "test", startedAt: STARTED_AT, version: "0.0.0" }));
  const writer = createWriter(database);
  let relays = 0;

  function batch(work: (writer: Writer) => void): void {
    inTransaction(database, () => {
      work(writer);
      writer.finishBatch();
    });
  }

  return {
    database,
    batch,
    addRecording(name, offset = 0) {
      relays += 1;
      batch(() => {
        const relay = writer.relay(`${name} ${relays}`, BEGINNING);
        const connections = new Map<number, ConnectionIngest>();
        for (const { conn, at, from, bytes, event, code } of loadRecording(name).chunks) {
          const time = at + offset;
          const known = connections.get(conn);
          const connection = known ?? recordConnection(writer, writer.connection(relay.id, conn, time));
          connections.set(conn, connection);
          if (bytes !== undefined) {
            connection.push(from, bytes, time);
          }
          if (event === "error") {
            connection.closed(time, { by: from, how: "reset", code: code ?? "" });
          }
          if (event === "close") {
            connection.closed(time, undefined);
          }
        }
        for (const connection of connections.values()) {
          connection.save();
        }
      });
    },
    close() {
      makeOneFile(database);
      database.close();
    },
  };
}
