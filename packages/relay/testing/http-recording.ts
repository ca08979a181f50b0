/** A recorder of HTTP with a journal of its own, and the servers that it stands in front of. */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BEGINNING, createTail } from "@inspector/hub/ingest/journal-tail";
import type { JournalRecord } from "@inspector/wire/journal";
import { createHttpRecorder, type HttpRecorder } from "../src/http-capture/recorder.ts";
import { createJournal } from "../src/journal.ts";

export type HttpRecording = {
  readonly recorder: HttpRecorder;
  /** Everything in the journal so far. */
  records(): JournalRecord[];
  /** Listens on a port of 127.0.0.1, any unless it is said; as node:net does unless it is to leave half-closed sockets open. */
  serve(
    onConnection: (socket: Socket) => void,
    options?: { readonly port?: number; readonly allowHalfOpen?: boolean },
  ): Promise<Server>;
  end(): Promise<void>;
};

export function startHttpRecording(): HttpRecording {
  const directory = mkdtempSync(join(tmpdir(), "http-capture-"));
  const journal = createJournal({ directory });
  const recorder = createHttpRecorder(journal);
  const servers: Server[] = [];
  return {
    recorder,
    records() {
      const read: JournalRecord[] = [];
      const tail = createTail(directory, BEGINNING);
      tail.read(Number.MAX_SAFE_INTEGER, (record) => read.push({ ...record, payload: record.payload.slice() }));
      tail.close();
      return read;
    },
    async serve(onConnection, { port = 0, allowHalfOpen = false } = {}) {
      const server = createServer({ allowHalfOpen }, onConnection);
      servers.push(server);
      await once(server.listen(port, "127.0.0.1"), "listening");
      return server;
    },
    async end() {
      await recorder.close();
      journal.close();
      for (const server of servers.splice(0)) {
        server.close();
      }
      rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    },
  };
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
