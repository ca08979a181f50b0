/** One relay's journal on its way into the session. */
import { InspectorError } from "@inspector/contract/inspector-error";
import type { InterventionEvent } from "@inspector/contract/intervention-lines";
import type { Nanos } from "@inspector/contract/page";
import type { SharedMemoryEvent } from "@inspector/relay/shared-memory/capture";
import type { Writer } from "@inspector/session/writer";
import type { FramePosition } from "@inspector/wire/frame-walker";
import type { Side } from "@inspector/wire/frames";
import {
  FIRST_HTTP_CONNECTION,
  type JournalRecord,
  RECORD_BYTES,
  SIDE_HOST,
  SIDE_WORKER,
} from "@inspector/wire/journal";
import { type ConnectionIngest, createConnectionIngest } from "./connection-ingest.ts";
import { createHttpIngest } from "./http-ingest.ts";
import { BEGINNING, createTail, type Position } from "./journal-tail.ts";

export type JournalIngest = {
  /**
   * Reads about `budget` bytes of journal into the session; 0 when there is nothing new.
   * @throws {InspectorError} "journal-moved" when another process has read on from the same place, so that the caller begins anew from what is stored
   */
  step(budget: number): number;
  /** Writes positions and states: the end of a batch. */
  save(): void;
  readonly position: Position;
  /** The relay said goodbye; nothing will follow. */
  readonly isEnded: boolean;
  /** Number of the newest link to shared memory that was told of: what has a lower one was told of too, or never will be. */
  readonly lastLink: number;
  /** The relay was killed and everything it wrote is read: closes what is still open. */
  abandon(): void;
  close(): void;
};

/** @param startedAt when the session began, in milliseconds since the Unix epoch */
export function createJournalIngest(writer: Writer, directory: string, name: string, startedAt: number): JournalIngest {
  const relay = writer.relay(name, BEGINNING);
  const tail = createTail(directory, relay.position);
  const connections = new Map<number, ConnectionIngest>();
  for (const { id, number, state } of writer.openConnections(relay.id)) {
    connections.set(number, ingestOf(number)(writer, id, state));
  }
  const resets = new Map<number, { by: Side; code: string }>();
  const headless = new Set<number>();
  let offset: Nanos = relay.startedAt;
  let lastAt: Nanos = offset;
  let isEnded = false;
  let lastLink = 0;
  let savedSeq = relay.position.seq;

  function take(record: JournalRecord): void {
    lastAt = offset + record.at;
    if (record.kind === RECORD_BYTES) {
      const side = sideOf(record.side);
      const connection = connections.get(record.connection);
      if (connection === undefined) {
        noteHeadless(record.connection);
      } else if (side !== undefined) {
        connection.push(side, record.payload, lastAt);
      }
      return;
    }
    const detail = parseDetail(record.payload);
    if (detail !== undefined) {
      takeEvent(record, detail);
    }
  }

  function takeEvent(record: JournalRecord, detail: Detail): void {
    const { type, ...rest } = detail;
    switch (type) {
      case "segment":
        takeSegment(detail);
        return;
      case "gap":
        noteGap(lastAt, rest);
        skip(detail["positions"]);
        return;
      case "relay-started":
        offset = Math.round((numberIn(detail, "startedAt") - startedAt) * 1e6);
        lastAt = offset + record.at;
        writer.updateRelay(relay.id, {
          started_at: offset,
          listen: stringIn(detail, "listen"),
          upstream: stringIn(detail, "upstream"),
        });
        break;
      case "relay-ended":
        isEnded = true;
        closeAll();
        writer.updateRelay(relay.id, { ended_at: lastAt });
        break;
      case "opened": {
        const id = writer.connection(relay.id, record.connection, lastAt);
        connections.set(record.connection, ingestOf(record.connection)(writer, id, undefined));
        return;
      }
      case "upstream-failed":
        writer.updateConnection(connections.get(record.connection)?.id ?? 0, { reason: stringIn(detail, "message") });
        break;
      case "reset":
        resets.set(record.connection, { by: sideOf(record.side) ?? "host", code: stringIn(detail, "code") });
        connections.get(record.connection)?.leaving(sideOf(record.side) ?? "host", stringIn(detail, "code"));
        return;
      case "half-closed":
        connections.get(record.connection)?.leaving(sideOf(record.side) ?? "host");
        return;
      case "closed":
        close(record.connection);
        return;
      case "injected":
      case "swallowed":
      case "held":
      case "released":
      case "replaced":
      case "dropped":
        // The relay's own words, from a journal that nobody else writes.
        connections.get(record.connection)?.intervened(detail as unknown as InterventionEvent, lastAt);
        return;
      case "shared-memory":
        lastLink = Math.max(lastLink, numberIn(detail, "links"));
        connections.get(record.connection)?.named(detail as unknown as SharedMemoryEvent, lastAt);
        return;
      default:
    }
    writer.event(lastAt, relay.id, connections.get(record.connection)?.id, record.side, type, rest);
  }

  /** Bytes of a connection whose beginning is lost cannot be read, but that there are some is worth a row. */
  function noteHeadless(number: number): void {
    if (headless.has(number)) {
      return;
    }
    headless.add(number);
    const id = writer.connection(relay.id, number, lastAt);
    writer.updateConnection(id, { protocol: "unreadable", reason: "the beginning of the connection was not recorded" });
  }

  /** A segment tells where everything stands, which matters only to one who did not read the segment before. */
  function takeSegment(detail: Detail): void {
    const missing = tail.takeMissing();
    if (missing === 0) {
      return;
    }
    noteGap(lastAt, { reason: "the journal was overwritten or removed before it was read", segments: missing });
    skip(detail["positions"]);
  }

  function noteGap(at: Nanos, detail: Readonly<Record<string, unknown>>): void {
    const { positions: _, ...rest } = detail;
    writer.event(at, relay.id, undefined, 2, "gap", rest);
  }

  function skip(positions: unknown): void {
    const open = Array.isArray(positions) ? positions.filter(isDetail) : [];
    for (const [number, connection] of connections) {
      const position = open.find((one) => one["connection"] === number);
      if (position === undefined) {
        close(number);
      } else {
        connection.skip({ worker: positionIn(position["worker"]), host: positionIn(position["host"]) }, lastAt);
      }
    }
  }

  function close(number: number): void {
    const reset = resets.get(number);
    connections.get(number)?.closed(lastAt, reset === undefined ? undefined : { how: "reset", ...reset });
    connections.delete(number);
    resets.delete(number);
  }

  function closeAll(): void {
    for (const number of [...connections.keys()]) {
      close(number);
    }
  }

  return {
    step(budget) {
      if (writer.relayPosition(relay.id) !== savedSeq) {
        throw new InspectorError("journal-moved", "the journal was read on by another process");
      }
      return tail.read(budget, take);
    },
    save() {
      for (const connection of connections.values()) {
        connection.save();
      }
      writer.moveRelay(relay.id, tail.position);
      savedSeq = tail.position.seq;
    },
    get position() {
      return tail.position;
    },
    get isEnded() {
      return isEnded;
    },
    get lastLink() {
      return lastLink;
    },
    abandon() {
      closeAll();
      writer.event(lastAt, relay.id, undefined, 2, "relay-lost", {});
      writer.updateRelay(relay.id, { ended_at: lastAt });
    },
    close: tail.close,
  };
}

function ingestOf(connection: number): typeof createConnectionIngest {
  return connection >= FIRST_HTTP_CONNECTION ? createHttpIngest : createConnectionIngest;
}

type Detail = { readonly type: string; readonly [key: string]: unknown };

function parseDetail(payload: Uint8Array): Detail | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(payload).toString("utf8"));
    return isDetail(value) && typeof value["type"] === "string" ? { ...value, type: value["type"] } : undefined;
  } catch {
    return undefined;
  }
}

function isDetail(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A FramePosition as the relay wrote it. */
function positionIn(value: unknown): FramePosition | undefined {
  if (!isDetail(value)) {
    return undefined;
  }
  const { payloadLeft, header } = value;
  return typeof payloadLeft === "number" && Array.isArray(header)
    ? { payloadLeft, header: header.map(Number) }
    : undefined;
}

function numberIn(detail: Detail, key: string): number {
  const value = detail[key];
  return typeof value === "number" ? value : 0;
}

function stringIn(detail: Detail, key: string): string {
  const value = detail[key];
  return typeof value === "string" ? value : "";
}

function sideOf(side: number): Side | undefined {
  return side === SIDE_HOST ? "host" : side === SIDE_WORKER ? "worker" : undefined;
}
