/** A session that is made of what another program wrote, by the ingest that recordings go through. */
import type { EndInfo } from "@inspector/contract/page";
import { type Database, numberOf } from "@inspector/session/database";
import { prepareForWriting } from "@inspector/session/open-session";
import { createWriter, type Writer } from "@inspector/session/writer";
import { ConnectionIngest } from "../connection/connection-ingest.ts";
import type { MessageTools } from "../connection/message-ingest.ts";
import { SessionRestore } from "./session-restore.ts";

/** What stands in one transaction. */
const BATCH_BYTES = 8 * 1024 * 1024;
const BATCH_PUSHES = 5000;
const BATCH_MESSAGES = 10_000;
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

/** How much there is by now. `bytes` are those of the database. */
export type ImportProgress = { readonly messages: number; readonly bytes: number };

export type ImportTarget = {
  /** Empty, and open for writing. Whoever opened it closes it. */
  readonly database: Database;
  /** Of the new session: 32 hexadecimal digits that no other has. */
  readonly id: string;
  /** Version of the inspector that imports. */
  readonly version: string;
  readonly tools: MessageTools;
  /** Called between two transactions: lets others do their work, and throws to end the import. */
  readonly betweenBatches: (progress: ImportProgress) => Promise<void>;
};

/**
 * States: open -> finished by {@link finish}. While it is open one transaction after the other is; {@link pause}, called behind each record,
 * ends one now and then and begins the next.
 */
export class ImportedSession {
  readonly #target: ImportTarget;
  readonly #database: Database;
  readonly #writer: Writer;
  readonly #relays = new Map<string, { id: number; connections: number }>();
  /** Nanoseconds since the Unix epoch. */
  #startedAt: bigint | undefined;
  readonly #name: string;
  readonly #connections = new Set<ConnectionIngest>();
  #bytes = 0;
  #pushes = 0;
  #committed = 0;
  #lastAt = 0;

  constructor(target: ImportTarget, { name, kind }: ImportSource) {
    const { database, id, version } = target;
    this.#target = target;
    this.#name = name;
    this.#database = database;
    prepareForWriting(database, name, () => ({ id, startedAt: 0, version }));
    this.#writer = createWriter(database);
    database.exec("BEGIN");
    this.#writer.setValue("imported", JSON.stringify({ name, kind, by: version }));
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
    const connection = new ConnectionIngest(this.#writer, id, { tools: this.#target.tools });
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
    const isMuch = this.#bytes >= BATCH_BYTES || this.#pushes >= BATCH_PUSHES;
    if (isMuch || this.messages - this.#committed >= BATCH_MESSAGES) {
      this.#commit();
      await this.#target.betweenBatches(this.#progress());
      this.#database.exec("BEGIN");
    }
  }

  /** Ends what is still open. */
  async finish(): Promise<void> {
    for (const connection of this.#connections) {
      connection.closed(this.#lastAt, undefined);
    }
    for (const { id } of this.#relays.values()) {
      this.#writer.updateRelay(id, { ended_at: this.#lastAt });
    }
    this.#commit();
    await this.#target.betweenBatches(this.#progress());
  }

  #progress(): ImportProgress {
    const pragma = (name: string): number => numberOf(this.#database.prepare(`PRAGMA ${name}`).get()?.[name]);
    return { messages: this.messages, bytes: pragma("page_count") * pragma("page_size") };
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
    this.#committed = this.messages;
  }
}
