/** A session that is made of what another program wrote, by the ingest that recordings go through. */
import { randomBytes } from "node:crypto";
import { setImmediate as letSignalsIn } from "node:timers/promises";
import type { EndInfo } from "@inspector/contract/page";
import { SessionRestore } from "@inspector/hub/export/session-restore";
import { ConnectionIngest } from "@inspector/hub/ingest/connection-ingest";
import { removeSessionFiles } from "@inspector/hub/session-files";
import { makeOneFile, openForWriting } from "@inspector/hub/sqlite";
import type { Database } from "@inspector/session/database";
import { prepareForWriting } from "@inspector/session/open-session";
import { createWriter, type Writer } from "@inspector/session/writer";
import { VERSION } from "../version.ts";

/** What stands in one transaction. */
const BATCH_BYTES = 8 * 1024 * 1024;
const BATCH_PUSHES = 5000;
/** Beyond that servers are not told apart: no capture of workers has as many. */
const MAX_SERVERS = 1000;
const BEGINNING = { segment: 0, offset: 0, seq: 0 };
const NANOS_PER_MILLI = 1_000_000n;
/** The year 10000. What claims to be later is damaged, or no time. */
const LAST_MOMENT = 253_402_300_800_000n * NANOS_PER_MILLI;

export type ImportSource = {
  /** Name of the file, without its folder. */
  readonly name: string;
  /** What kind of file it is, for people: "a capture". */
  readonly kind: string;
};

/**
 * States: open -> finished by {@link finish}, or discarded by {@link discard}. While it is open one transaction after the other is;
 * {@link pause}, called now and then, ends one and begins the next.
 */
export class ImportedSession {
  readonly file: string;
  readonly #database: Database;
  readonly #writer: Writer;
  readonly #relays = new Map<string, { id: number; connections: number }>();
  /** Nanoseconds since the Unix epoch. */
  #startedAt: bigint | undefined;
  readonly #name: string;
  readonly #connections = new Set<ConnectionIngest>();
  #isOpen = true;
  #bytes = 0;
  #pushes = 0;
  #lastAt = 0;

  /** @param file must not exist, or be empty */
  constructor(file: string, { name, kind }: ImportSource) {
    this.file = file;
    this.#name = name;
    this.#database = openForWriting(file);
    const meta = { id: randomBytes(16).toString("hex"), startedAt: 0, version: VERSION };
    prepareForWriting(this.#database, file, () => meta);
    this.#writer = createWriter(this.#database);
    this.#database.exec("BEGIN");
    this.#writer.setValue("imported", JSON.stringify({ name, kind, by: VERSION }));
  }

  get messages(): number {
    return this.#writer.lastSeq;
  }

  /**
   * The session's time of a moment. The first one is when the session began. Time does not run backwards in a session.
   * @param at nanoseconds since the Unix epoch
   */
  time(at: bigint): number {
    if (this.#startedAt === undefined) {
      const milliseconds = at >= 0n && at < LAST_MOMENT ? at / NANOS_PER_MILLI : 0n;
      this.#startedAt = milliseconds * NANOS_PER_MILLI;
      this.#writer.setValue("started_at", String(milliseconds));
    }
    const since = Number(at - this.#startedAt);
    this.#lastAt = since > Number.MAX_SAFE_INTEGER ? this.#lastAt : Math.max(this.#lastAt, since);
    return this.#lastAt;
  }

  /** A connection that was opened to `server`, for example "10.0.0.1:50051". */
  connection(server: string, at: number): ConnectionIngest {
    const relay = this.#relay(server);
    relay.connections += 1;
    const id = this.#writer.connection(relay.id, relay.connections, at);
    const connection = new ConnectionIngest(this.#writer, id, undefined);
    this.#connections.add(connection);
    return connection;
  }

  /** @param end undefined where it only ended, as a TCP connection does */
  close(connection: ConnectionIngest, at: number, end?: EndInfo): void {
    connection.closed(at, end);
    this.#connections.delete(connection);
  }

  /** Something about the file as a whole, or about a connection to `server`. */
  event(server: string, at: number, type: string, detail: unknown): void {
    this.#writer.event(at, this.#relay(server).id, undefined, 2, type, detail);
  }

  /** Takes the lines that a session was written as. */
  restore(): SessionRestore {
    return new SessionRestore(this.#database, this.#writer);
  }

  countPush(bytes: number): void {
    this.#bytes += bytes;
    this.#pushes += 1;
  }

  /** Commits what there is, if it is a lot. */
  async pause(): Promise<void> {
    if (this.#bytes >= BATCH_BYTES || this.#pushes >= BATCH_PUSHES) {
      this.#commit();
      this.#database.exec("BEGIN");
      await letSignalsIn();
    }
  }

  /** Ends what is still open, and leaves one file. */
  finish(): void {
    for (const connection of this.#connections) {
      connection.closed(this.#lastAt, undefined);
    }
    for (const { id } of this.#relays.values()) {
      this.#writer.updateRelay(id, { ended_at: this.#lastAt });
    }
    this.#commit();
    this.#isOpen = false;
    makeOneFile(this.#database);
    this.#database.close();
  }

  /** Leaves nothing behind. Without effect once it is finished. */
  discard(): void {
    if (!this.#isOpen) {
      return;
    }
    this.#isOpen = false;
    this.#database.close();
    removeSessionFiles(this.file);
  }

  #relay(address: string): { id: number; connections: number } {
    const server = this.#relays.size < MAX_SERVERS || this.#relays.has(address) ? address : "";
    const known = this.#relays.get(server);
    if (known !== undefined) {
      return known;
    }
    const { id } = this.#writer.relay(`import ${this.#relays.size + 1} of ${this.#name}`, BEGINNING);
    this.#writer.updateRelay(id, { upstream: server });
    const relay = { id, connections: 0 };
    this.#relays.set(server, relay);
    return relay;
  }

  #commit(): void {
    this.#writer.finishBatch();
    this.#database.exec("COMMIT");
    this.#bytes = 0;
    this.#pushes = 0;
  }
}
