/**
 * Writes the journal. Whatever happens to the disk, a call returns: what could not be written is counted, and recorded
 * as a gap as soon as writing works again.
 */

import { writeSync } from "node:fs";
import { reasonOf } from "@inspector/contract/inspector-error";
import {
  frameRecord,
  RECORD_BYTES,
  RECORD_END,
  RECORD_EVENT,
  RECORD_HEADER_BYTES,
  RECORD_OVERHEAD_BYTES,
  SEGMENT_HEADER_BYTES,
  SIDE_RELAY,
} from "@inspector/wire/journal";
import { boundedJson } from "./event-bytes.ts";
import { createReadBuffer, type ReadBuffer } from "./read-buffers.ts";
import { createSegments, SEGMENT_BYTES, type Segment } from "./segments.ts";

/** How long after a failed write the next is tried. */
const RETRY_NANOS = 250e6;
/** How often the journal is looked for where it should be. */
const REACHABLE_MS = 500;
const MAX_EVENT_BYTES = 1024 * 1024;

/** Becomes one line of JSON in the journal; docs/recording-format.md lists the types. */
export type JournalEvent = { readonly type: string; readonly [detail: string]: unknown };

/**
 * What could not be recorded since writing failed: payload `bytes`, chunks and events (`records`), the first error, and from when
 * (nanoseconds, see {@link now}).
 */
export type Gap = { bytes: number; records: number; reason: string; from: number };

/**
 * The relay's journal. States: recording; in a gap after a write has failed, during which everything is counted and tried again;
 * closed by {@link Journal.close}. No call but {@link createJournal} throws.
 *
 * `append` comes before the same bytes are forwarded: what was forwarded is in the journal, or counted in its gap.
 *
 * ```ts
 * journal.append(7, SIDE_WORKER, buffer, bytes);
 * host.write(buffer.payload.subarray(0, bytes));
 * ```
 */
export type Journal = {
  /** Records the first `bytes` of a buffer's payload, which are about to be forwarded, from where they lie. */
  append(connection: number, side: number, buffer: ReadBuffer, bytes: number): void;
  event(event: JournalEvent, connection?: number, side?: number): void;
  /** Segments up to this one may be overwritten. */
  release(segment: number): void;
  /** Set while nothing can be recorded. */
  readonly gap: Gap | undefined;
  /** Where the next record goes. */
  readonly segment: number;
  readonly offset: number;
  close(): void;
};

/** `directory` is made where it is not there; `maxSegments` of 16 MiB may stand unread, 256 unless said otherwise. */
export type JournalOptions = {
  readonly directory: string;
  /**
   * Where every open connection stands, so that a reader who has lost what came before can go on: asked for when a
   * segment begins and when a gap ends.
   */
  readonly positions?: () => unknown;
  readonly maxSegments?: number;
};

/** Nanoseconds since this process started, on the monotonic clock. */
export function now(): number {
  return Math.round(performance.now() * 1e6);
}

/** @throws what the file system throws when the first segment cannot be made. */
export function createJournal({ directory, positions, maxSegments }: JournalOptions): Journal {
  const segments = createSegments(directory, maxSegments);
  const scratch = createReadBuffer(MAX_EVENT_BYTES);
  let segment: Segment | undefined;
  let offset = 0;
  let seq = 1;
  let gap: Gap | undefined;
  let retryAt = 0;
  /** The current segment is not to be written to any more: it was removed, or writing to it failed. */
  let isLost = false;

  /** Writes the record whose payload already stands in the buffer. */
  function write(
    to: Segment,
    { record, view }: ReadBuffer,
    payloadBytes: number,
    kind: number,
    side: number,
    connection: number,
    at: number,
  ): void {
    frameRecord(view, 0, payloadBytes, kind, side, connection, at, seq);
    const length = payloadBytes + RECORD_OVERHEAD_BYTES;
    let written = 0;
    while (written < length) {
      written += writeSync(to.fd, record, written, length - written, offset + written);
    }
    offset += length;
    seq += 1;
  }

  /** A segment with room for this payload and for the end mark behind it. */
  function segmentFor(payloadBytes: number, at: number): Segment {
    const hasRoom = offset + payloadBytes + 2 * RECORD_OVERHEAD_BYTES <= SEGMENT_BYTES;
    if (segment !== undefined && hasRoom && !isLost) {
      return segment;
    }
    if (segment !== undefined) {
      endSegment(segment, at);
    }
    segment = segments.advance(seq);
    isLost = false;
    offset = SEGMENT_HEADER_BYTES;
    const detail = {
      type: "segment",
      number: segment.number,
      dropped: segments.takeDropped(),
      positions: positions?.(),
    };
    write(segment, scratch, encodeEvent(boundedJson(detail, MAX_EVENT_BYTES)), RECORD_EVENT, SIDE_RELAY, 0, at);
    return segment;
  }

  /** The mark spares the reader a wait; without it the next segment says as much. */
  function endSegment(ending: Segment, at: number): void {
    segment = undefined;
    try {
      write(ending, scratch, 0, RECORD_END, SIDE_RELAY, 0, at);
    } catch {}
  }

  /** Puts an event into the scratch buffer, as JSON; returns its bytes. */
  function encodeEvent(json: string): number {
    return scratch.record.write(json, RECORD_HEADER_BYTES, MAX_EVENT_BYTES, "utf8");
  }

  function closeGap(at: number): void {
    if (gap === undefined) {
      return;
    }
    const json = boundedJson({ type: "gap", ...gap, to: at, positions: positions?.() }, MAX_EVENT_BYTES);
    const to = segmentFor(Buffer.byteLength(json), at);
    write(to, scratch, encodeEvent(json), RECORD_EVENT, SIDE_RELAY, 0, at);
    gap = undefined;
  }

  /** Runs one write; a failure of it, or of one shortly before, becomes part of the gap. */
  function attempt(bytes: number, run: (at: number) => void): void {
    const at = now();
    if (gap !== undefined && at < retryAt) {
      gap.records += 1;
      gap.bytes += bytes;
      return;
    }
    try {
      closeGap(at);
      run(at);
    } catch (error) {
      gap ??= { bytes: 0, records: 0, reason: causeOfGap(error), from: at };
      gap.records += 1;
      gap.bytes += bytes;
      retryAt = at + RETRY_NANOS;
      // Where there is no room for more there may be a segment that was read and can be written again.
      isLost = true;
    }
  }

  segmentFor(0, now());
  const watch = setInterval(() => {
    segments.isReachable().then(
      (isReachable) => {
        isLost ||= !isReachable;
      },
      () => {},
    );
    // An idle stream must not hide that recording works again.
    if (gap !== undefined || isLost) {
      attempt(0, (at) => void segmentFor(0, at));
    }
  }, REACHABLE_MS);
  watch.unref();

  return {
    append(connection, side, buffer, bytes) {
      attempt(bytes, (at) => write(segmentFor(bytes, at), buffer, bytes, RECORD_BYTES, side, connection, at));
    },
    event(event, connection = 0, side = SIDE_RELAY) {
      attempt(0, (at) => {
        const json = boundedJson(event, MAX_EVENT_BYTES);
        const to = segmentFor(Buffer.byteLength(json), at);
        write(to, scratch, encodeEvent(json), RECORD_EVENT, side, connection, at);
      });
    },
    release: segments.release,
    get gap() {
      return gap;
    },
    get segment() {
      return segment?.number ?? 0;
    },
    get offset() {
      return offset;
    },
    close() {
      clearInterval(watch);
      segments.close();
    },
  };
}

function causeOfGap(error: unknown): string {
  if (error instanceof Error && "code" in error && error.code === "ENOSPC") {
    return "no space left on the disk";
  }
  return reasonOf(error);
}
