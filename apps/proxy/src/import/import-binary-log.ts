/** gRPC's binary logs: each call that they tell of, as a stream. */
import { ENTRY, type LogEntry } from "./binary-log.ts";
import { FramedCall } from "./framed-call.ts";
import type { ImportedSession } from "./imported-session.ts";
import type { RecordImport } from "./record-import.ts";

/** Calls that are followed at a time. The oldest ends where there are more. */
const MAX_CALLS = 4096;

export class BinaryLogImport implements RecordImport<LogEntry> {
  readonly explanation = "it tells of no message";
  readonly #session: ImportedSession;
  readonly #calls = new Map<number, FramedCall>();
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
      this.#calls.set(
        entry.call,
        new FramedCall(this.#session, { server, path: entry.method, metadata: entry.metadata, at }),
      );
      this.#makeRoom(at);
      return;
    }
    const call = this.#calls.get(entry.call);
    if (call !== undefined) {
      this.#addTo(call, entry, at);
    }
  }

  finish(): void {
    for (const call of this.#calls.values()) {
      call.end(this.#lastAt);
    }
  }

  #addTo(call: FramedCall, entry: LogEntry, at: number): void {
    const { data, length } = entry.message;
    const message = { bytes: data, length, isCompressed: false };
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

  #makeRoom(at: number): void {
    const [oldest] = this.#calls;
    if (this.#calls.size > MAX_CALLS && oldest !== undefined) {
      oldest[1].end(at);
      this.#calls.delete(oldest[0]);
    }
  }
}
