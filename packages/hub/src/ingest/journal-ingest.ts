/** One relay's journal on its way into the session. */
import { InspectorError, reasonOf } from "@inspector/contract/inspector-error";
import type { InterventionEvent, ReplayAnnounced } from "@inspector/contract/intervention-lines";
import type { Nanos } from "@inspector/contract/page";
import type { SharedMemoryEvent } from "@inspector/contract/shared-memory";
import type { RecordedConnection } from "@inspector/ingest/connection/recorded-connection";
import { CUT_MARK } from "@inspector/relay/event-bytes";
import { FAULT_REASON } from "@inspector/session/schema";
import type { Writer } from "@inspector/session/writer";
import type { Side } from "@inspector/wire/frames";
import {
  FIRST_HANDLER_CONNECTION,
  FIRST_HTTP_CONNECTION,
  type JournalRecord,
  RECORD_BYTES,
} from "@inspector/wire/journal";
import { type Detail, isDetail, numberIn, parseDetail, positionIn, sideOf, stringIn } from "./event-detail.ts";
import { HandlerIngest } from "./handler-ingest.ts";
import { HttpIngest } from "./http-ingest.ts";
import { BEGINNING, createTail, type Position, type Tail } from "./journal-tail.ts";
import { type KnownFault, RecordFault } from "./record-fault.ts";
import { recordConnection } from "./saved-connection.ts";
import { isStorageFault } from "./storage-fault.ts";

/** A journal's name, and the folder where it lies. */
export type JournalPlace = { readonly name: string; readonly directory: string };

export type JournalIngestOptions = {
  /** When the session began, in milliseconds since the Unix epoch. */
  readonly startedAt: number;
  /** Records that could not be taken before, by their numbers. */
  readonly faults?: ReadonlyMap<number, KnownFault>;
  /** Rows are written after every record, so that a fault shows at the record that caused it. */
  readonly isCareful?: boolean;
};

/**
 * Reads one journal, record by record, into the session. All calls but {@link close} stand in the caller's transaction.
 *
 * A fault in a record throws {@link RecordFault}: what is in memory is then unlike what is stored, so that the caller rolls back and
 * makes a new one, which is told of the fault and gets past it.
 */
export class JournalIngest {
  readonly #writer: Writer;
  readonly #place: JournalPlace;
  readonly #options: JournalIngestOptions;
  readonly #tail: Tail;
  readonly #relay: number;
  readonly #connections = new Map<number, RecordedConnection>();
  readonly #resets = new Map<number, { by: Side; code: string }>();
  readonly #headless = new Set<number>();
  /** When the relay started, in the session's time. */
  #offset: Nanos;
  #lastAt: Nanos;
  #isEnded = false;
  #lastLink = 0;
  #savedSeq: number;

  constructor(writer: Writer, place: JournalPlace, options: JournalIngestOptions) {
    const relay = writer.relay(place.name, BEGINNING);
    this.#writer = writer;
    this.#place = place;
    this.#options = options;
    this.#tail = createTail(place.directory, relay.position);
    this.#relay = relay.id;
    this.#offset = relay.startedAt;
    this.#lastAt = relay.startedAt;
    this.#savedSeq = relay.position.seq;
    // Custom handlers have the highest numbers, and what belongs to one looks for it.
    for (const { id, number, state } of writer.openConnections(relay.id).sort((a, b) => b.number - a.number)) {
      this.#connections.set(number, this.#restored(number, id, state));
    }
  }

  /** The next record to read. */
  get position(): Position {
    return this.#tail.position;
  }

  /** The relay said goodbye; nothing will follow. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Number of the newest link to shared memory that was told of: what has a lower one was told of too, or never will be. */
  get lastLink(): number {
    return this.#lastLink;
  }

  /**
   * Reads about `budget` bytes of journal into the session; 0 when there is nothing new.
   * @throws {InspectorError} "journal-moved" when another process has read on from the same place, so that the caller begins anew from what is stored
   * @throws {RecordFault}
   */
  step(budget: number): number {
    if (this.#writer.relayPosition(this.#relay) !== this.#savedSeq) {
      throw new InspectorError("journal-moved", "the journal was read on by another process");
    }
    return this.#tail.read(budget, (record) => this.#take(record));
  }

  /** Writes positions and states: the end of a batch. */
  save(): void {
    for (const connection of this.#connections.values()) {
      saveConnection(connection);
    }
    this.#writer.moveRelay(this.#relay, this.#tail.position);
    this.#savedSeq = this.#tail.position.seq;
  }

  /** The relay was killed and everything it wrote is read: closes what is still open. */
  abandon(): void {
    this.#closeAll();
    this.#writer.event(this.#lastAt, this.#relay, undefined, 2, "relay-lost", {});
    this.#writer.updateRelay(this.#relay, { ended_at: this.#lastAt });
  }

  close(): void {
    this.#tail.close();
  }

  #take(record: JournalRecord): void {
    if (Number.isFinite(record.at)) {
      this.#lastAt = this.#offset + record.at;
    }
    const fault = this.#options.faults?.get(record.seq);
    try {
      if (fault === undefined) {
        this.#takeWhole(record);
      } else {
        this.#passOver(record, fault);
      }
      if (this.#options.isCareful === true) {
        this.#writer.finishBatch();
      }
    } catch (error) {
      throw isStorageFault(error) ? error : new RecordFault(this.#place.name, record.seq, error);
    }
  }

  #takeWhole(record: JournalRecord): void {
    if (record.kind === RECORD_BYTES) {
      const side = sideOf(record.side);
      const connection = this.#connections.get(record.connection);
      if (connection === undefined) {
        this.#noteHeadless(record.connection);
      } else if (side !== undefined) {
        connection.push(side, record.payload, this.#lastAt);
      }
      return;
    }
    const detail = parseDetail(record.payload);
    if (detail === undefined) {
      this.#noteUnreadable(record);
    } else {
      this.#takeEvent(record, detail);
    }
  }

  /** A record that failed before: its connection is decoded no further; an event that is only told is left out. */
  #passOver(record: JournalRecord, { reason, times }: KnownFault): void {
    const type = record.kind === RECORD_BYTES ? "bytes" : (parseDetail(record.payload)?.type ?? "");
    if (times === 1 && DECODED.has(type)) {
      if (type === "opened") {
        this.#open(record.connection, {});
      }
      this.#connections.get(record.connection)?.fail(`${FAULT_REASON}: ${reason}`);
      if (type === "closed") {
        this.#close(record.connection);
      }
    }
    if (times > 2) {
      return;
    }
    const message = `A record of the journal (${type || "unreadable"}) could not be taken: ${reason}`;
    const connection = this.#connections.get(record.connection)?.id;
    this.#writer.event(this.#lastAt, this.#relay, connection, 2, "fault", { message });
  }

  #takeEvent(record: JournalRecord, detail: Detail): void {
    const { type, ...rest } = detail;
    const connection = this.#connections.get(record.connection);
    switch (type) {
      case "segment":
        this.#takeSegment(detail);
        return;
      case "gap":
        this.#noteGap(rest);
        this.#skip(detail);
        return;
      case "relay-started":
        this.#start(record, detail);
        break;
      case "relay-ended":
        this.#isEnded = true;
        this.#closeAll();
        this.#writer.updateRelay(this.#relay, { ended_at: this.#lastAt });
        break;
      case "opened":
        this.#open(record.connection, detail);
        return;
      case "upstream-failed":
        this.#writer.updateConnection(connection?.id ?? 0, { reason: stringIn(detail, "message") });
        break;
      case "reset":
        this.#resets.set(record.connection, { by: sideOf(record.side) ?? "host", code: stringIn(detail, "code") });
        connection?.leaving(sideOf(record.side) ?? "host", stringIn(detail, "code"));
        return;
      case "half-closed":
        connection?.leaving(sideOf(record.side) ?? "host");
        return;
      case "closed":
        this.#close(record.connection);
        return;
      case "replay-announced":
        if (connection instanceof HandlerIngest) {
          connection.announced(detail as unknown as ReplayAnnounced);
        }
        return;
      case "injected":
      case "swallowed":
      case "held":
      case "released":
      case "replaced":
      case "dropped":
        // The relay's own words, from a journal that nobody else writes.
        connection?.intervened(detail as unknown as InterventionEvent, this.#lastAt);
        return;
      case "shared-memory":
        this.#lastLink = Math.max(this.#lastLink, numberIn(detail, "links"));
        connection?.named(detail as unknown as SharedMemoryEvent, this.#lastAt);
        return;
      default:
    }
    this.#writer.event(this.#lastAt, this.#relay, connection?.id, record.side, type, rest);
  }

  #start(record: JournalRecord, detail: Detail): void {
    this.#offset = Math.round((numberIn(detail, "startedAt") - this.#options.startedAt) * 1e6);
    if (Number.isFinite(record.at)) {
      this.#lastAt = this.#offset + record.at;
    }
    const { monotonic } = detail;
    if (typeof monotonic === "number") {
      this.#writer.setValue("clock", String(this.#offset - monotonic));
    }
    this.#writer.updateRelay(this.#relay, {
      started_at: this.#offset,
      listen: stringIn(detail, "listen"),
      upstream: stringIn(detail, "upstream"),
    });
  }

  #open(number: number, detail: Readonly<Record<string, unknown>>): void {
    const id = this.#writer.connection(this.#relay, number, this.#lastAt);
    this.#connections.set(number, this.#ingest(number, id, undefined, detail));
  }

  /** @param state of an earlier hub; absent for a connection that begins with `detail` */
  #ingest(
    number: number,
    id: number,
    state: Uint8Array | undefined,
    detail: Readonly<Record<string, unknown>> = {},
  ): RecordedConnection {
    if (number >= FIRST_HANDLER_CONNECTION) {
      return new HandlerIngest(this.#writer, id, state, detail["handler"], this.#lastAt);
    }
    if (number < FIRST_HTTP_CONNECTION) {
      return recordConnection(this.#writer, id, state);
    }
    const { of } = detail;
    return new HttpIngest(this.#writer, id, state, {
      of: typeof of === "number" ? of : undefined,
      exchangesOf: (owner) => {
        const found = this.#connections.get(owner);
        return found instanceof HandlerIngest ? found : undefined;
      },
    });
  }

  /** A connection of an earlier hub, from the state that it stored. */
  #restored(number: number, id: number, state: Uint8Array): RecordedConnection {
    try {
      return this.#ingest(number, id, state);
    } catch (error) {
      const failed = this.#ingest(number, id, undefined);
      failed.fail(`${FAULT_REASON}: what was stored of it cannot be read (${reasonOf(error)})`);
      return failed;
    }
  }

  /** Bytes of a connection whose beginning is lost cannot be read, but that there are some is worth a row. */
  #noteHeadless(number: number): void {
    if (this.#headless.has(number)) {
      return;
    }
    this.#headless.add(number);
    const id = this.#writer.connection(this.#relay, number, this.#lastAt);
    const reason = "the beginning of the connection was not recorded";
    this.#writer.updateConnection(id, { protocol: "unreadable", reason });
  }

  /** What an event says is lost, but not that there was one. */
  #noteUnreadable({ connection, payload }: JournalRecord): void {
    const text = Buffer.from(payload.subarray(0, MAX_UNREADABLE_BYTES)).toString("utf8");
    const detail = { bytes: payload.length, text };
    const id = this.#connections.get(connection)?.id;
    this.#writer.event(this.#lastAt, this.#relay, id, 2, "unreadable-event", detail);
  }

  /** A segment tells where everything stands, which matters only to one who did not read the segment before. */
  #takeSegment(detail: Detail): void {
    const missing = this.#tail.takeMissing();
    if (missing === 0) {
      return;
    }
    this.#noteGap({ reason: "the journal was overwritten or removed before it was read", segments: missing });
    this.#skip(detail);
  }

  #noteGap(detail: Readonly<Record<string, unknown>>): void {
    const { positions: _, ...rest } = detail;
    this.#writer.event(this.#lastAt, this.#relay, undefined, 2, "gap", rest);
  }

  #skip(detail: Detail): void {
    const { positions } = detail;
    const open = Array.isArray(positions) ? positions.filter(isDetail) : [];
    // An event that was too long lists only some of the connections that are open.
    const isWhole = detail[CUT_MARK] === undefined;
    for (const [number, connection] of this.#connections) {
      const position = open.find((one) => one["connection"] === number);
      if (position !== undefined) {
        const [worker, host] = [positionIn(position["worker"]), positionIn(position["host"])];
        connection.skip({ worker, host }, this.#lastAt);
      } else if (number >= FIRST_HANDLER_CONNECTION) {
        // It has no bytes, so nobody says where they stand. Its end may be among what is missing; that of the relay ends it, too.
        connection.skip({ worker: undefined, host: undefined }, this.#lastAt);
      } else if (isWhole) {
        this.#close(number);
      } else {
        connection.fail("part of it was not recorded, nor where its frames stood afterwards");
      }
    }
  }

  #close(number: number): void {
    const reset = this.#resets.get(number);
    this.#connections.get(number)?.closed(this.#lastAt, reset === undefined ? undefined : { how: "reset", ...reset });
    this.#connections.delete(number);
    this.#headless.delete(number);
    this.#resets.delete(number);
  }

  #closeAll(): void {
    for (const number of [...this.#connections.keys()]) {
      this.#close(number);
    }
  }
}

/** Kinds of records without which a connection cannot be decoded any further. */
const DECODED: ReadonlySet<string> = new Set(["bytes", "opened", "closed"]);

/** As much of an event that is no JSON is kept. */
const MAX_UNREADABLE_BYTES = 4096;

/** A state that cannot be stored, since it exceeds what a row can hold, costs its connection the recording, and no other. */
function saveConnection(connection: RecordedConnection): void {
  try {
    connection.save();
  } catch (error) {
    if (isStorageFault(error)) {
      throw error;
    }
    connection.fail(`${FAULT_REASON}: its state cannot be stored (${reasonOf(error)})`);
    connection.save();
  }
}
