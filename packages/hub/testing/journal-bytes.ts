/** Journals made of any bytes, as a damaged disk or a faulty relay would leave them. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  encodeSegmentHeader,
  frameRecord,
  RECORD_EVENT,
  RECORD_HEADER_BYTES,
  RECORD_OVERHEAD_BYTES,
  SEGMENT_HEADER_BYTES,
  SIDE_RELAY,
} from "@inspector/wire/journal";

export type RawRecord = {
  readonly kind: number;
  readonly side: number;
  readonly connection: number;
  /** Nanoseconds since the relay started. */
  readonly at: number;
  readonly payload: Uint8Array;
};

export function rawEvent(event: unknown, connection = 0, at = 0): RawRecord {
  const payload = Buffer.from(typeof event === "string" ? event : JSON.stringify(event));
  return { kind: RECORD_EVENT, side: SIDE_RELAY, connection, at, payload };
}

/** The first segment of a journal, with these records in it. */
export function segmentOf(records: readonly RawRecord[]): Uint8Array {
  const size = records.reduce((sum, { payload }) => sum + payload.length + RECORD_OVERHEAD_BYTES, SEGMENT_HEADER_BYTES);
  const bytes = new Uint8Array(size);
  bytes.set(encodeSegmentHeader({ number: 1, firstSeq: 1 }));
  const view = new DataView(bytes.buffer);
  let at = SEGMENT_HEADER_BYTES;
  for (const [index, record] of records.entries()) {
    const { kind, side, connection, payload } = record;
    bytes.set(payload, at + RECORD_HEADER_BYTES);
    frameRecord(view, at, payload.length, kind, side, connection, record.at, index + 1);
    at += payload.length + RECORD_OVERHEAD_BYTES;
  }
  return bytes;
}

/** Puts a segment into a folder of its own, as the journal of a relay that does not run any more. */
export function writeJournal(journals: string, name: string, session: string, segment: Uint8Array): void {
  const directory = join(journals, name);
  mkdirSync(directory, { recursive: true });
  const description = { session, control: join(directory, "nobody.sock"), startedAt: 1_000_000 };
  writeFileSync(join(directory, "journal.json"), JSON.stringify(description));
  writeFileSync(join(directory, "00000001.segment"), segment);
}
