/** gRPC's binary logs: each call that they tell of, as a stream. */
import { ENTRY, type LogEntry } from "./binary-log.ts";
import { Calls } from "./calls.ts";
import { FramedCall } from "./framed-call.ts";
import type { ImportedSession } from "./imported-session.ts";
import type { RecordImport } from "./record-import.ts";

export class BinaryLogImport implements RecordImport<LogEntry> {
  readonly explanation = "it tells of no message";
  readonly #session: ImportedSession;
  readonly #calls = new Calls();
  #lastAt = 0;

  constructor(session: ImportedSession) {
    this.#session = session;
  }

  add(entry: LogEntry): void {
    const at = this.#session.time(entry.at);
    this.#lastAt = at;
    if (entry.type === ENTRY.clientHeader && !this.#calls.has(entry.call)) {
      // A server's log names the client as its peer.
      const server = entry.isLoggedByServer ? "" : entry.peer;
      const start = { server, path: entry.method, metadata: entry.metadata, at };
      this.#calls.set(entry.call, new FramedCall(this.#session, start), at);
      return;
    }
    const call = this.#calls.get(entry.call);
    if (call !== undefined) {
      this.#addTo(call, entry, at);
    }
  }

  finish(): void {
    this.#calls.end(this.#lastAt);
  }

  #addTo(call: FramedCall, entry: LogEntry, at: number): void {
    const { data, length } = entry.message;
    const message = { bytes: data, length };
    switch (entry.type) {
      case ENTRY.serverHeader:
        call.answer(entry.metadata, at);
        return;
      case ENTRY.clientMessage:
        call.message("worker", message, at);
        return;
      case ENTRY.serverMessage:
        call.message("host", message, at);
        return;
      case ENTRY.clientHalfClose:
        call.halfClose(at);
        return;
      case ENTRY.serverTrailer:
        call.trailers(entry.status, entry.statusMessage, entry.metadata, at);
        this.#calls.delete(entry.call);
        return;
      case ENTRY.cancel:
        call.cancel(at);
        this.#calls.delete(entry.call);
        return;
      default:
    }
  }
}
