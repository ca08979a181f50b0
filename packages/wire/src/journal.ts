/**
 * The journal's bytes: what a relay writes before it forwards, and what the hub reads behind it.
 *
 * A journal is a row of segment files of one size. A segment is a header of {@link SEGMENT_HEADER_BYTES} and records;
 * a record is a header of {@link RECORD_HEADER_BYTES}, its payload, and its sequence number once more. Sequence numbers count
 * up by one through all segments. Segments are overwritten when they were read, so behind the newest record stands
 * whatever was there before: a reader takes a record only when both its numbers are the one it waits for, which also
 * leaves out a record that is still being written or was torn by a crash. All numbers are little-endian.
 */

/** Size of what stands before the first record of a segment. */
export const SEGMENT_HEADER_BYTES = 64;
/** Size of what stands before the payload of a record. */
export const RECORD_HEADER_BYTES = 32;
/** Size of what stands behind the payload: the record's number once more. */
export const RECORD_TRAILER_BYTES = 8;
/** What a record takes beside its payload. */
export const RECORD_OVERHEAD_BYTES = RECORD_HEADER_BYTES + RECORD_TRAILER_BYTES;

/** "FnJrnl", a zero, and the version of this format. */
const MAGIC = [0x46, 0x6e, 0x4a, 0x72, 0x6e, 0x6c, 0x00, 0x01] as const;

/** A chunk of bytes of a connection. */
export const RECORD_BYTES = 1;
/** An event, as JSON. */
export const RECORD_EVENT = 2;
/** Nothing more in this segment: go on in the next. */
export const RECORD_END = 3;

/** The end that accepted the connection. */
export const SIDE_HOST = 0;
/** The end that opened the connection. */
export const SIDE_WORKER = 1;
/** Neither end: the relay itself. */
export const SIDE_RELAY = 2;

/** Connections from this number on are HTTP/1.1, from a host to a worker's own HTTP server. */
export const FIRST_HTTP_CONNECTION = 0x8000_0000;

/** From this number on they are custom handlers: no bytes, but the connections of HTTP/1.1 that belong to one name it. */
export const FIRST_HANDLER_CONNECTION = 0xc000_0000;

/** What a segment says of itself. */
export type SegmentHeader = {
  /** 1, 2, 3 …, also the file's name. */
  readonly number: number;
  /** Sequence number of the segment's first record. */
  readonly firstSeq: number;
};

/** A record as it is read. */
export type JournalRecord = {
  readonly kind: number;
  readonly side: number;
  /** 0 where the record belongs to no connection. */
  readonly connection: number;
  /** Nanoseconds on the relay's monotonic clock, from its start. */
  readonly at: number;
  readonly seq: number;
  /** A view into the bytes that were read. */
  readonly payload: Uint8Array;
};

/** All of the header's bytes. */
export function encodeSegmentHeader(header: SegmentHeader): Uint8Array {
  const bytes = new Uint8Array(SEGMENT_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint32(8, header.number, true);
  view.setFloat64(16, header.firstSeq, true);
  return bytes;
}

/** Undefined where the bytes are no segment header of this version. */
export function decodeSegmentHeader(bytes: Uint8Array): SegmentHeader | undefined {
  if (bytes.length < SEGMENT_HEADER_BYTES || MAGIC.some((byte, i) => bytes[i] !== byte)) {
    return undefined;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { number: view.getUint32(8, true), firstSeq: view.getFloat64(16, true) };
}

/** Writes a record's header and trailer around a payload that stands (or will stand) at `offset + RECORD_HEADER_BYTES`. */
export function frameRecord(
  view: DataView,
  offset: number,
  payloadBytes: number,
  kind: number,
  side: number,
  connection: number,
  at: number,
  seq: number,
): void {
  view.setUint32(offset, payloadBytes, true);
  view.setUint8(offset + 4, kind);
  view.setUint8(offset + 5, side);
  view.setUint16(offset + 6, 0, true);
  view.setUint32(offset + 8, connection, true);
  view.setUint32(offset + 12, 0, true);
  view.setFloat64(offset + 16, at, true);
  view.setFloat64(offset + 24, seq, true);
  view.setFloat64(offset + RECORD_HEADER_BYTES + payloadBytes, seq, true);
}

/** Whether the record with this number begins here; the rest of it may not be there yet. */
export function isRecordAt(bytes: Uint8Array, offset: number, seq: number): boolean {
  if (offset + RECORD_HEADER_BYTES > bytes.length) {
    return false;
  }
  return new DataView(bytes.buffer, bytes.byteOffset + offset).getFloat64(24, true) === seq;
}

/** How far {@link readRecords} came. */
export type RecordsRead = {
  /** Bytes from the offset given to the first one that was not taken. */
  readonly consumed: number;
  /** The number the next record will have. */
  readonly nextSeq: number;
  /** Set when the segment says that it is complete. */
  readonly isEnd: boolean;
};

/**
 * Reads the complete records that stand at `offset`, the first of which must have the number `seq`.
 *
 * Stops, without complaint, at anything else: there the journal ends for now.
 */
export function readRecords(
  bytes: Uint8Array,
  offset: number,
  seq: number,
  onRecord: (record: JournalRecord) => void,
): RecordsRead {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let position = offset;
  let next = seq;
  while (position + RECORD_OVERHEAD_BYTES <= bytes.length) {
    if (view.getFloat64(position + 24, true) !== next) {
      break;
    }
    const length = view.getUint32(position, true);
    const end = position + RECORD_OVERHEAD_BYTES + length;
    if (end > bytes.length || view.getFloat64(end - RECORD_TRAILER_BYTES, true) !== next) {
      break;
    }
    const kind = view.getUint8(position + 4);
    if (kind === RECORD_END) {
      return { consumed: end - offset, nextSeq: next + 1, isEnd: true };
    }
    onRecord({
      kind,
      side: view.getUint8(position + 5),
      connection: view.getUint32(position + 8, true),
      at: view.getFloat64(position + 16, true),
      seq: next,
      payload: bytes.subarray(position + RECORD_HEADER_BYTES, end - RECORD_TRAILER_BYTES),
    });
    position = end;
    next += 1;
  }
  return { consumed: position - offset, nextSeq: next, isEnd: false };
}
